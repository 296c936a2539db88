package archive

import (
	"fmt"
	"io"
	"strconv"
	"time"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/kernel/i18n"
)

const ermsPath = "metadata/descriptive/erms.xml"

func (p *parcel) erms() error {
	protected := map[string]bool{}
	for _, party := range p.view.Parties {
		if party.Person == "" {
			continue
		}
		yes, err := p.Protected(p.ctx, party.Person)
		if err != nil {
			return err
		}
		protected[party.Person] = yes
	}
	return p.put(ermsPath, "application/xml", "", func(w io.Writer) error {
		t := newTree(w)
		t.in("erms", "xmlns", "https://DILCIS.eu/XML/ERMS", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance",
			"xsi:schemaLocation", "https://DILCIS.eu/XML/ERMS https://raw.githubusercontent.com/DILCISBoard/CITS-ERMS/master/schema/ERMS.xsd")
		p.control(t)
		t.in("aggregations")
		p.caseFile(t, protected)
		t.out()
		t.out()
		return t.end()
	})
}

func (p *parcel) control(t *tree) {
	t.in("control")
	t.leaf("identification", p.view.Case.ID, "identificationType", "systemIdentifier")
	t.in("maintenanceInformation")
	t.mark("maintenanceStatus", "value", "new")
	t.in("maintenanceAgency")
	t.leaf("otherAgencyCode", p.Number, "type", "organisationsnummer")
	t.leaf("agencyName", p.Archive)
	t.out()
	t.in("maintenanceHistory")
	t.in("maintenanceEvent")
	t.mark("eventType", "value", "created")
	t.leaf("eventDateTime", stamp(p.at))
	p.agent(t, "creator", "Dygnet "+p.Version, "", "", "")
	t.out()
	t.out()
	t.out()
	t.in("systemInformation")
	t.in("agents")
	p.agent(t, "creator", p.bodyName(), p.Archive, p.unitName(p.view.Case.Unit), "")
	t.out()
	t.out()
	t.out()
}

func (p *parcel) bodyName() string {
	b, _ := p.dir.Body(p.view.Case.Body)
	if name := b.Name.In(i18n.SV); name != "" {
		return name
	}
	return p.view.Case.Body
}

func (p *parcel) unitName(key string) string {
	u, _ := p.dir.Unit(key)
	return u.Name.In(i18n.SV)
}

// personName is an official's name, or what else acted.
func (p *parcel) personName(id string) string {
	if who, ok := p.dir.Person(id); ok {
		return who.Name
	}
	switch id {
	case "":
		return "okänd"
	case "system":
		return "Dygnet"
	}
	return id
}

func (p *parcel) agent(t *tree, kind, name, organisation, unit, role string) {
	t.in("agent", "agentType", kind)
	t.leaf("name", name)
	t.leaf("organisation", organisation)
	t.leaf("unitName", unit)
	t.leaf("role", role)
	t.out()
}

// caseFile is the case, with a record for each handling and each document of its own.
func (p *parcel) caseFile(t *tree, protected map[string]bool) {
	c, ct := p.view.Case, p.view.Type
	t.in("aggregation", "systemIdentifier", c.ID, "aggregationType", "caseFile")
	t.leaf("objectId", c.Number)
	t.leaf("classification", ct.Title.In(i18n.SV), "classificationId", ct.ID, "classificationCode", p.planRow())
	t.leaf("title", c.Subject)
	t.mark("status", "value", "ad_acta")
	t.in("additionalInformation")
	for _, name := range []string{"svar.csv", "diarium.csv", "tidslinje.csv"} {
		t.mark("appendix", "name", name, "path", dataDir+name)
	}
	for i, d := range p.view.Decisions {
		t.mark("appendix", "name", decisionName(ct, d), "path", decisionPath(i))
	}
	t.out()
	p.restrictions(t, 0)
	t.in("agents")
	for _, party := range p.view.Parties {
		p.party(t, party, c.Protected && party.Person == "" || protected[party.Person])
	}
	if c.Assignee != "" {
		p.agent(t, "responsible_person", p.personName(c.Assignee), p.bodyName(), p.unitName(c.Unit), "handläggare")
	}
	t.out()
	p.dates(t, "received", c.ReceivedAt, "closed", c.ClosedAt)
	for _, e := range p.view.Events {
		p.action(t, e)
	}
	told := map[int]bool{}
	for _, h := range p.view.Handlings {
		p.handling(t, h, told)
	}
	for _, d := range p.view.Documents {
		if !told[d.N] {
			p.loose(t, d)
		}
	}
	t.out()
}

// planRow is the row of the document plan, by the last decision's result.
func (p *parcel) planRow() string {
	for i := len(p.view.Decisions) - 1; i >= 0; i-- {
		if r := p.view.Type.Result(p.view.Decisions[i].Result); r != nil {
			return r.Plan
		}
	}
	if len(p.view.Type.Results) == 1 {
		return p.view.Type.Results[0].Plan
	}
	return ""
}

func decisionName(ct *casetype.CaseType, d cases.Decision) string {
	if kind := ct.Decision(d.Key); kind != nil {
		return kind.Title.In(i18n.SV)
	}
	return d.Key
}

// restrictions are the secrecy marks of the case (document 0) or of one of its documents (OSL 5 kap. 5 §): provision, day, authority.
func (p *parcel) restrictions(t *tree, document int) {
	for _, m := range p.view.Marks {
		if m.Document != document || m.Degree == cases.Open {
			continue
		}
		t.in("restriction", "restrictionType", "confidential")
		body, _ := p.dir.Body(m.Authority)
		t.leaf("explanatoryText", fmt.Sprintf("%s Antecknat av %s, %s. En varning, inte ett beslut.", m.Reason, p.personName(m.By), body.Name.In(i18n.SV)))
		t.leaf("regulation", m.Provision.String())
		p.dates(t, "confidentiality_assessed", m.At, "end", m.LiftedAt)
		t.out()
	}
}

// dates are dates of ERMS by their type; those that are zero are left out.
func (p *parcel) dates(t *tree, list ...any) {
	open := false
	for i := 0; i+1 < len(list); i += 2 {
		kind, _ := list[i].(string)
		at, _ := list[i+1].(time.Time)
		if at.IsZero() {
			continue
		}
		if !open {
			t.in("dates")
			open = true
		}
		t.leaf("date", stamp(at), "dateType", kind)
	}
	if open {
		t.out()
	}
}

// party is somebody the case concerns. Of whoever has protected personal data the package has no way to reach them.
func (p *parcel) party(t *tree, party cases.Party, protected bool) {
	name := party.Name
	if name == "" {
		name = "utan namn"
	}
	t.in("agent", "agentType", "counterpart")
	t.leaf("name", name)
	t.leaf("idNumber", party.Organisation, "idNumberType", "organisationsnummer")
	t.leaf("role", party.Role)
	t.leaf("protectedIdentity", strconv.FormatBool(protected))
	t.out()
}

func (p *parcel) action(t *tree, e cases.Event) {
	words := e.Body
	if words == "" {
		words = string(e.Kind)
	}
	t.in("action")
	t.leaf("actionText", words)
	t.leaf("actionType", string(e.Kind))
	t.in("dates")
	t.leaf("actionDate", stamp(e.At), "dateType", "created")
	t.out()
	t.in("agents")
	p.agent(t, "agent", p.personName(e.Actor), "", "", "")
	t.out()
	t.out()
}

// handling is a row of the diarium, with the documents that came or went with it.
func (p *parcel) handling(t *tree, h cases.Handling, told map[int]bool) {
	var files []cases.Document
	for _, d := range p.view.Documents {
		if h.Event > 0 && d.Event == h.Event && !told[d.N] {
			told[d.N] = true
			files = append(files, d)
		}
	}
	t.in("record", "systemIdentifier", h.ID, "recordType", h.Kind)
	t.leaf("objectId", h.Number)
	t.leaf("title", h.Subject)
	status := "closed"
	if !h.Annulled.IsZero() {
		status = "obliterated"
	}
	t.mark("status", "value", status)
	t.leaf("runningNumber", strconv.Itoa(h.N))
	if h.Corrects != "" {
		t.leaf("relation", h.Corrects, "relationType", "replaces")
	}
	for _, d := range files {
		p.restrictions(t, d.N)
	}
	t.leaf("direction", string(h.Direction), "directionDefinition", direction(h.Direction))
	if h.Party != "" {
		t.in("agents")
		kind := "sender"
		if h.Direction == cases.Out {
			kind = "recipient"
		}
		p.agent(t, kind, h.Party, "", "", "")
		t.out()
	}
	p.dates(t, "received", when(h.Direction == cases.In, h.At), "expedited", when(h.Direction == cases.Out, h.At), "created", when(h.Direction == cases.Internal, h.At),
		"captured", h.Registered, "deleted", h.Annulled)
	if h.AnnulledWhy != "" {
		t.in("notes")
		t.leaf("note", h.AnnulledWhy, "noteType", "makulering")
		t.out()
	}
	p.appendices(t, files)
	t.out()
}

// loose is a document that no row of the diarium came with.
func (p *parcel) loose(t *tree, d cases.Document) {
	t.in("record", "systemIdentifier", d.Document, "recordType", "document")
	t.leaf("objectId", fmt.Sprintf("%s/%d", p.view.Case.Number, d.N))
	t.leaf("title", d.Name)
	p.restrictions(t, d.N)
	t.leaf("direction", string(d.Direction), "directionDefinition", direction(d.Direction))
	p.appendices(t, []cases.Document{d})
	t.out()
}

func (p *parcel) appendices(t *tree, files []cases.Document) {
	if len(files) == 0 {
		return
	}
	t.in("additionalInformation")
	for _, d := range files {
		t.mark("appendix", "name", d.Name, "fileFormat", d.Mime, "path", documentPath(d))
	}
	t.out()
}

// direction is the word of ERMS for a direction.
func direction(d cases.Direction) string {
	switch d {
	case cases.In:
		return "incoming"
	case cases.Out:
		return "outgoing"
	}
	return "internal_memo_without_follow-up"
}

func when(yes bool, at time.Time) time.Time {
	if yes {
		return at
	}
	return time.Time{}
}
