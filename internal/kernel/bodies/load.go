package bodies

import (
	"context"
	"database/sql"

	"dygnet/internal/kernel/i18n"
	"dygnet/internal/kernel/store"
)

// load reads the Directory from one snapshot of the database.
func load(ctx context.Context, db *store.DB) (*Directory, error) {
	var d *Directory
	err := db.View(ctx, func(ctx context.Context, q store.Queryer) error {
		var version int64
		if err := q.QueryRow(ctx, `SELECT n FROM org_version`).Scan(&version); err != nil {
			return err
		}
		d = newDirectory(version)
		o, err := current(ctx, q)
		if err != nil {
			return err
		}
		for _, m := range o.members {
			d.members[m.ID] = m
		}
		for _, b := range o.bodies {
			d.bodies[b.ID] = b
			d.codes[[2]string{b.Member, b.Code}] = b.ID
		}
		d.grow(o.units)
		for _, r := range o.roles {
			d.roles[r.Code] = r
		}
		persons, err := store.All(ctx, q, func(r *store.Rows) (Person, error) { return scanPerson(r) },
			`SELECT `+personColumns+` FROM person WHERE kind <> 'resident'`)
		if err != nil {
			return err
		}
		for _, p := range persons {
			d.persons[p.ID] = p
		}
		mandates, err := store.All(ctx, q, func(r *store.Rows) (Mandate, error) { return scanMandate(r) }, `SELECT `+mandateColumns+` FROM mandate`)
		if err != nil {
			return err
		}
		sortMandates(mandates)
		for _, m := range mandates {
			d.mandates[m.ID] = m
			d.byPerson[m.Person] = append(d.byPerson[m.Person], m)
			d.byRole[m.Role] = append(d.byRole[m.Role], m)
		}
		d.reserved, err = store.All(ctx, q, func(r *store.Rows) (ReservedAction, error) { return scanReserved(r) },
			`SELECT `+reservedColumns+` FROM reserved_action ORDER BY action, valid_from`)
		return err
	})
	return d, err
}

// structure is what an import compares with before it writes.
type structure struct {
	members []Member
	bodies  []Body
	units   []Unit
	roles   []Role
}

func current(ctx context.Context, q store.Queryer) (structure, error) {
	var o structure
	var err error
	o.members, err = store.All(ctx, q, func(r *store.Rows) (Member, error) {
		var m Member
		var sv, en string
		err := r.Scan(&m.ID, &m.Kind, &sv, &en, &m.OrgNumber)
		m.Name = name(sv, en)
		return m, err
	}, `SELECT id, kind, name_sv, name_en, org_number FROM org_member ORDER BY id`)
	if err != nil {
		return o, err
	}
	o.bodies, err = store.All(ctx, q, func(r *store.Rows) (Body, error) {
		var b Body
		var sv, en string
		err := r.Scan(&b.ID, &b.Member, &b.Code, &b.Kind, &sv, &en, &b.From, &b.To)
		b.Name = name(sv, en)
		return b, err
	}, `SELECT id, member, code, kind, name_sv, name_en, valid_from, valid_to FROM org_body ORDER BY id`)
	if err != nil {
		return o, err
	}
	o.units, err = store.All(ctx, q, func(r *store.Rows) (Unit, error) {
		var u Unit
		var parent, body sql.NullString
		var sv, en string
		err := r.Scan(&u.ID, &u.Member, &parent, &body, &sv, &en)
		u.Parent, u.Body, u.Name = parent.String, body.String, name(sv, en)
		return u, err
	}, `SELECT id, member, parent, body, name_sv, name_en FROM org_unit ORDER BY id`)
	if err != nil {
		return o, err
	}
	o.roles, err = store.All(ctx, q, func(r *store.Rows) (Role, error) { return scanRole(r) }, `SELECT `+roleColumns+` FROM org_role ORDER BY code`)
	return o, err
}

const roleColumns = `code, name_sv, name_en, exclusive, wide`

func scanRole(row interface{ Scan(...any) error }) (Role, error) {
	var role Role
	var sv, en string
	err := row.Scan(&role.Code, &sv, &en, &role.Exclusive, &role.Wide)
	role.Name = name(sv, en)
	return role, err
}

func roleByCode(ctx context.Context, q store.Queryer, code string) (Role, error) {
	return scanRole(q.QueryRow(ctx, `SELECT `+roleColumns+` FROM org_role WHERE code = $1`, code))
}

func name(sv, en string) i18n.Text { return i18n.Text{i18n.SV: sv, i18n.EN: en} }
