package providers_test

import (
	"context"
	"fmt"
	"log"

	"github.com/memberships-go/memberships"
	"github.com/memberships-go/memberships/emulator"
	"github.com/memberships-go/memberships/providers"
)

// The loop lists one group of each provider at the emulator.
func ExampleOpenWith() {
	srv := emulator.NewServer()
	defer srv.Close()
	for _, name := range providers.Names() {
		values, err := providers.EmulatorValues(name)
		if err != nil {
			log.Fatal(err)
		}
		values[providers.BaseURL] = srv.URL
		p, err := providers.OpenWith(name, values)
		if err != nil {
			log.Fatal(err)
		}
		for g, err := range memberships.New(p).Groups(context.Background()) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(name, g.Kind, g.Name)
			break
		}
	}
	// Output:
	// box group Demo
	// clerk organization Demo
	// googlechat space Demo
	// pubnub channel Demo
	// webex room Demo
}

// The program reads the settings of every provider from the environment.
func ExampleSettings() {
	environment := map[string]string{"CLERK_SECRET_KEY": "sk_test_1", "PUBNUB_SUBSCRIBE_KEY": "sub-c-1"}
	for _, name := range providers.Names() {
		settings, err := providers.Settings(name)
		if err != nil {
			log.Fatal(err)
		}
		values := map[string]string{}
		for _, s := range settings {
			values[s.Key] = environment[s.Env]
		}
		if _, err := providers.OpenWith(name, values); err != nil {
			fmt.Println(err)
			continue
		}
		fmt.Println(name, "is ready")
	}
	// Output:
	// box: OpenWith: invalid argument: missing: developer_token (BOX_DEVELOPER_TOKEN), or client_id (BOX_CLIENT_ID), client_secret (BOX_CLIENT_SECRET) and enterprise_id (BOX_ENTERPRISE_ID), or config_file (BOX_CONFIG_FILE)
	// clerk is ready
	// googlechat: OpenWith: invalid argument: missing: credentials_file (GOOGLE_APPLICATION_CREDENTIALS), or access_token (GOOGLE_CHAT_ACCESS_TOKEN)
	// pubnub: OpenWith: invalid argument: missing: user_id (PUBNUB_USER_ID)
	// webex: OpenWith: invalid argument: missing: access_token (WEBEX_ACCESS_TOKEN)
}
