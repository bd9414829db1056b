package providertest

import (
	"reflect"

	"github.com/memberships-go/memberships"
)

func nativeClientDeclared(t *checker) {
	got, want := t.Provider.Native(), t.harness.Native
	if reflect.TypeOf(got) != reflect.TypeOf(want) {
		t.Errorf("Native: got a %T, and Harness.Native is a %T", got, want)
		return
	}
	if v := reflect.ValueOf(got); got != nil && v.Kind() == reflect.Pointer && v.IsNil() {
		t.Errorf("Native: got a %T that is nil; return nil itself if there is none", got)
	}
	through, ok := memberships.NativeClient[any](t.client)
	if ok != (want != nil) || reflect.TypeOf(through) != reflect.TypeOf(want) {
		t.Errorf("NativeClient of any: got a %T, %t, want a %T", through, ok, want)
	}
	if _, ok := memberships.NativeClient[*checker](t.client); ok {
		t.Errorf("NativeClient of a type that the native client does not have is true")
	}
}

func nativeClientOwn(t *checker) {
	if reflect.ValueOf(t.harness.Native).Kind() != reflect.Pointer {
		return // values that are equal may be anybody's
	}
	first := t.Provider.Native()
	if again := t.Provider.Native(); first != again {
		t.Errorf("Native: another call returns another client; callers may keep what they set on it")
	}
	if other := t.Again().Native(); first == other {
		t.Errorf("Native: another instance of the provider has the same client")
	}
}
