package roster_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"dygnet/internal/casework/cases"
	"dygnet/internal/casework/casetype"
	"dygnet/internal/casework/pack"
	"dygnet/internal/casework/roster"
	"dygnet/internal/kernel/access"
)

func written(text string) url.Values {
	return url.Values{"titel-sv": {"Tack"}, "titel-en": {"Thanks"}, "text-sv": {text}, "text-en": {text}, "for": {"message", "note"}, "enhet": {"gata"}, "version": {"0"}}
}

func TestHeadsWriteTextsAndAnUnknownVariableIsRefusedWithASuggestion(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.want(t, "anna", "/arbete/fraser/ny", nil, 403)
		r.want(t, "anna", "/arbete/fraser", nil, 200, "{arende.nummer}", "ärendets diarienummer")
		r.want(t, "chef", "/arbete/fraser/ny", written("Hej {part.nam}!"), 422, "{part.nam} finns inte. Menade du {part.namn}?", "Hej {part.nam}!")
		r.want(t, "chef", "/arbete/fraser/ny", written(""), 422, "Skriv en text")
		preview := written("Hej {part.namn}!")
		preview.Set("visa", "1")
		r.want(t, "chef", "/arbete/fraser/ny", preview, 200, "Så blir texten", "[namnet på den som lämnade in ärendet]")
		elsewhere := written("Hej!")
		elsewhere.Set("enhet", "kansli")
		r.want(t, "chef", "/arbete/fraser/ny", elsewhere, 422, "Välj en enhet som du är chef för")
		r.want(t, "chef", "/arbete/fraser/ny", written("Hej {part.namn}!"), 303)
		list, err := r.roster.Phrases(t.Context())
		if err != nil || len(list) != 1 || list[0].Version != 1 {
			t.Fatal(list, err)
		}
		path := "/arbete/fraser/" + list[0].Key
		second := written("Hej igen {part.namn}!")
		second.Set("version", "1")
		r.want(t, "chef", path, second, 303)
		r.want(t, "chef", path, second, 409, "En kollega har sparat en ny version", "Hej igen")
		versions, err := r.roster.Versions(t.Context(), list[0].Key)
		if err != nil || len(versions) != 2 {
			t.Fatal(versions, err)
		}
		if _, err := r.roster.SavePhrase(t.Context(), r.As("anna"), versions[0]); !access.IsDenied(err) {
			t.Errorf("an officer wrote for the unit: %v", err)
		}
		var wrong *pack.VariableError
		versions[0].Text["sv"] = "{x}"
		if _, err := r.roster.SavePhrase(t.Context(), r.As("chef"), versions[0]); !errors.As(err, &wrong) {
			t.Error(err)
		}
	})
}

// The form is shown again with the text added, nothing typed is lost, and nothing is sent; a variable without a value is marked and stops the
// sending until it is filled in.
func TestATextIsAddedToWhatWasTypedAndAGapStopsTheSending(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		r.pack.Phrases = []pack.Phrase{{Key: "hej", Title: both("Hälsning"), Text: both("Hej {part.namn}, ring {enhet.telefon} om {arende.nummer}."), For: []pack.PhraseUse{pack.InMessage}},
			{Key: "annan", Title: both("Annan enhet"), Unit: "kansli", Text: both("x"), For: []pack.PhraseUse{pack.InMessage}}}
		c := r.lamp(t)
		here := "/arbete/arenden/" + c.ID + "/svara"
		page := r.want(t, "anna", here, nil, 200, "Hälsning", "Lägg till texten")
		if strings.Contains(page, "Annan enhet") {
			t.Error("a text of another unit is offered")
		}
		form := url.Values{"text": {"Det jag skrev."}, "fras": {"hej"}, "infoga": {"1"}, "version": {"1"}, "sett": {"1"}, "vem": {r.IDs["anna"]}}
		r.want(t, "anna", here, form, 200, "Det jag skrev.\n\nHej Ines, ring [[enhet.telefon]] om "+c.Number)
		if r.now(t, c.ID).Events != 1 {
			t.Fatal("something was sent")
		}
		form.Set("fras", "")
		r.want(t, "anna", here, form, 422, "Välj en text först", "Det jag skrev.")
		form.Set("fras", "annan")
		r.want(t, "anna", here, form, 404)
		form.Del("infoga")
		form.Set("text", "Hej Ines, ring [[enhet.telefon]].")
		r.want(t, "anna", here, form, 422, "Det här saknas i texten: [[enhet.telefon]]", "Hej Ines")
		form.Set("text", "Hej Ines, ring 0555.")
		r.want(t, "anna", here, form, 303)
		// In bulk a gap stops that case alone.
		out, _, err := r.roster.Preview(t.Context(), r.As("anna"), roster.Order{Deed: roster.Write, Phrase: "hej"}, []cases.On{{Case: c.ID, Version: 2}})
		if err != nil || out[0].Why != roster.WhyGaps {
			t.Errorf("%+v %v", out, err)
		}
	})
}

func TestAnswersOfStrangersAreTextAndNothingElse(t *testing.T) {
	each(t, func(t *testing.T, r *room) {
		const evil = `<script>alert(1)</script>{sista.dag}[[x]]"'&`
		r.pack.Phrases = []pack.Phrase{{Key: "hej", Title: both(`<b>Hej</b>`), Text: both("Hej {part.namn}! <i>x</i>"), For: []pack.PhraseUse{pack.InMessage, pack.InNote}}}
		c := r.lamp(t, func(in *cases.Submission) { in.Answers["who.name"] = casetype.Values{evil} })
		for _, path := range []string{"svara", "anteckning"} {
			form := url.Values{"fras": {"hej"}, "infoga": {"1"}, "version": {"1"}, "sett": {"1"}}
			page := r.want(t, "anna", "/arbete/arenden/"+c.ID+"/"+path, form, 200, "&lt;script&gt;alert(1)&lt;/script&gt;{sista.dag}x", "&lt;i&gt;x&lt;/i&gt;")
			if strings.Contains(page, "<script>alert") || strings.Contains(page, "<b>Hej") || strings.Contains(page, "<i>x") {
				t.Error("a stranger's words are markup")
			}
		}
		form := r.claims(c)
		form.Set("gor", "write")
		form.Set("steg", "granska")
		form.Set("fras", "hej")
		if page := r.want(t, "anna", "/arbete/urval", form, 200, "&lt;script&gt;"); strings.Contains(page, "<script>alert") {
			t.Error("markup in the preview")
		}
		list := url.Values{"namn": {`"><script>alert(2)</script>`}, "urval": {"ko=oppna&typ=lampa"}, "enhet": {"gata"}}
		r.want(t, "anna", "/arbete/listor/ny", list, 303)
		if page := r.want(t, "bo", "/arbete/inkorg", nil, 200, "&lt;script&gt;alert(2)"); strings.Contains(page, "<script>alert(2)") {
			t.Error("the name of a list is markup")
		}
	})
}
