package box

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"

	gen "github.com/memberships-go/memberships/generated/box/server"
)

// listed returns a group as a list shows it.
func listed(g *group) gen.Group {
	return gen.Group{ID: g.data.ID, Type: g.data.Type, Name: g.data.Name, GroupType: g.data.GroupType}
}

// shown returns a group with the requested fields, or the default ones.
func shown(g *group, fields *gen.Fields) (gen.GroupJSONResponse, error) {
	out := listed(g)
	out.CreatedAt, out.ModifiedAt = g.data.CreatedAt, g.data.ModifiedAt
	if fields == nil {
		return gen.GroupJSONResponse(out), nil
	}
	out, err := pick(whole(g), fields)
	return gen.GroupJSONResponse(out), err
}

// whole returns a group with all fields.
func whole(g *group) gen.Group {
	out := g.data
	yes := true
	out.Permissions = &gen.GroupPermissions{CanInviteAsCollaborator: &yes}
	return out
}

func (s *server) ListGroups(ctx context.Context, req gen.ListGroupsRequestObject) (gen.ListGroupsResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.adminOnly(ctx, manageGroups); err != nil {
		return nil, err
	}
	p := req.Params
	w, err := windowOf(p.Limit, p.Offset)
	if err != nil {
		return nil, err
	}
	found, total := cut(w, s.groupsNamed(p.FilterTerm))
	entries := make([]gen.Group, len(found))
	for i, g := range found {
		if entries[i] = listed(g); p.Fields != nil {
			if entries[i], err = pick(whole(g), p.Fields); err != nil {
				return nil, err
			}
		}
	}
	return gen.ListGroups200JSONResponse{TotalCount: &total, Limit: &w.limit, Offset: &w.offset, Entries: entries}, nil
}

// groupsNamed yields the groups whose name begins with term, or all groups if term is
// nil.
func (s *server) groupsNamed(term *string) iter.Seq[*group] {
	return func(yield func(*group) bool) {
		for _, g := range s.order {
			if (term == nil || begins(*g.data.Name, *term)) && !yield(g) {
				return
			}
		}
	}
}

// begins reports whether s begins with prefix, ignoring case.
func begins(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func (s *server) CreateGroup(ctx context.Context, req gen.CreateGroupRequestObject) (gen.CreateGroupResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.adminOnly(ctx, manageGroups); err != nil {
		return nil, err
	}
	b := req.Body
	if strings.TrimSpace(b.Name) == "" {
		return nil, badParam("name", "name must not be empty")
	}
	for _, g := range s.order {
		if strings.EqualFold(*g.data.Name, b.Name) {
			return nil, refuse(http.StatusConflict, detail{"invalid_parameter", "group_tag_name", fmt.Sprintf("Invalid value '%s'. A group with this name exists", b.Name)})
		}
	}
	g := s.newGroup(b.Name, "", s.seed.Now())
	d := &g.data
	d.Provenance, d.ExternalSyncIdentifier, d.Description = b.Provenance, b.ExternalSyncIdentifier, b.Description
	if b.InvitabilityLevel != nil {
		d.InvitabilityLevel = b.InvitabilityLevel
	}
	if b.MemberViewabilityLevel != nil {
		d.MemberViewabilityLevel = b.MemberViewabilityLevel
	}
	s.record(ctx, "GROUP_CREATION", nil, g)
	out, err := shown(g, req.Params.Fields)
	return gen.CreateGroup201JSONResponse{GroupJSONResponse: out}, err
}

func (s *server) GetGroup(ctx context.Context, req gen.GetGroupRequestObject) (gen.GetGroupResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(ctx, req.GroupID)
	if err != nil {
		return nil, err
	}
	if _, in := g.members.Get(s.caller(ctx)); !in {
		if err := s.mayManage(ctx, g); err != nil {
			return nil, err
		}
	}
	out, err := shown(g, req.Params.Fields)
	return gen.GetGroup200JSONResponse{GroupJSONResponse: out}, err
}

func (s *server) DeleteGroup(ctx context.Context, req gen.DeleteGroupRequestObject) (gen.DeleteGroupResponseObject, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	g, err := s.group(ctx, req.GroupID)
	if err != nil {
		return nil, err
	}
	if err := s.adminOnly(ctx, manageGroups); err != nil {
		return nil, err
	}
	s.drop(g)
	s.record(ctx, "GROUP_DELETION", nil, g)
	return gen.DeleteGroup204Response{}, nil
}
