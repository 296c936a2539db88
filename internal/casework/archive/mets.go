package archive

import (
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
)

const premisPath = "metadata/preservation/premis.xml"

// premis says of each file what it was when it was packed (PREMIS 3.0), and what was done to it.
func (p *parcel) premis() error {
	files := p.files // those before this one
	return p.put(premisPath, "application/xml", "", func(w io.Writer) error {
		t := newTree(w)
		t.in("premis", "xmlns", "http://www.loc.gov/premis/v3", "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance", "version", "3.0")
		for i, f := range files {
			t.in("object", "xsi:type", "file")
			t.in("objectIdentifier")
			t.leaf("objectIdentifierType", "local")
			t.leaf("objectIdentifierValue", fileID(i))
			t.out()
			t.in("objectCharacteristics")
			t.in("fixity")
			t.leaf("messageDigestAlgorithm", "SHA-256")
			t.leaf("messageDigest", f.sha256)
			t.out()
			t.leaf("size", strconv.FormatInt(f.size, 10))
			t.in("format")
			t.in("formatDesignation")
			t.leaf("formatName", f.mime)
			t.out()
			t.out()
			t.out()
			t.leaf("originalName", f.name)
			t.out()
		}
		for i, kind := range []string{"message digest calculation", "packing"} {
			t.in("event")
			t.in("eventIdentifier")
			t.leaf("eventIdentifierType", "local")
			t.leaf("eventIdentifierValue", fmt.Sprintf("event-%d", i+1))
			t.out()
			t.leaf("eventType", kind)
			t.leaf("eventDateTime", stamp(p.at))
			t.in("linkingAgentIdentifier")
			t.leaf("linkingAgentIdentifierType", "local")
			t.leaf("linkingAgentIdentifierValue", "agent-1")
			t.out()
			t.out()
		}
		t.in("agent")
		t.in("agentIdentifier")
		t.leaf("agentIdentifierType", "local")
		t.leaf("agentIdentifierValue", "agent-1")
		t.out()
		t.leaf("agentName", "Dygnet")
		t.leaf("agentType", "software")
		t.leaf("agentVersion", p.Version)
		t.out()
		t.out()
		return t.end()
	})
}

func fileID(i int) string { return fmt.Sprintf("file-%d", i+1) }

// group is a part of the package, with the folder whose files it holds.
type group struct{ id, use, folder string }

func groups() []group {
	return []group{{"group-documentation", "Documentation", "documentation/"}, {"group-rep1", "Representations/rep1", "representations/rep1/"}}
}

// mets is the root of the package: every file with its size and checksum, and how they belong together (CSIP 2.1). It is written last.
func (p *parcel) mets() error {
	files := p.files
	return p.put("METS.xml", "application/xml", "", func(w io.Writer) error {
		t := newTree(w)
		t.in("mets", "xmlns", "http://www.loc.gov/METS/", "xmlns:xlink", "http://www.w3.org/1999/xlink", "xmlns:csip", "https://DILCIS.eu/XML/METS/CSIPExtensionMETS",
			"xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance", "xsi:schemaLocation", "http://www.loc.gov/METS/ http://www.loc.gov/standards/mets/mets.xsd "+
				"https://DILCIS.eu/XML/METS/CSIPExtensionMETS https://earkcsip.dilcis.eu/schema/DILCISExtensionMETS.xsd",
			"OBJID", p.root, "LABEL", p.view.Case.Number, "TYPE", "Textual works - Electronic", "PROFILE", "https://earksip.dilcis.eu/profile/E-ARK-SIP-v2-1-0.xml",
			"csip:CONTENTINFORMATIONTYPE", "citserms_v2_1")
		p.header(t)
		t.in("dmdSec", "ID", "dmd-1", "CREATED", stamp(p.at), "STATUS", "CURRENT")
		p.reference(t, files, ermsPath, "OTHER", "ERMS")
		t.out()
		t.in("amdSec", "ID", "amd-1")
		t.in("digiprovMD", "ID", "prov-1", "CREATED", stamp(p.at), "STATUS", "CURRENT")
		p.reference(t, files, premisPath, "PREMIS", "")
		t.out()
		t.out()
		t.in("fileSec", "ID", "filesec-1")
		for _, g := range groups() {
			kind := ""
			if g.id == "group-rep1" {
				kind = "citserms_v2_1"
			}
			t.in("fileGrp", "ID", g.id, "USE", g.use, "csip:CONTENTINFORMATIONTYPE", kind)
			for i, f := range files {
				if strings.HasPrefix(f.path, g.folder) {
					t.in("file", "ID", fileID(i), "MIMETYPE", f.mime, "SIZE", strconv.FormatInt(f.size, 10), "CREATED", stamp(p.at), "CHECKSUM", f.sha256, "CHECKSUMTYPE", "SHA-256")
					t.mark("FLocat", "LOCTYPE", "URL", "xlink:type", "simple", "xlink:href", link(f.path))
					t.out()
				}
			}
			t.out()
		}
		t.out()
		t.in("structMap", "ID", "struct-1", "TYPE", "PHYSICAL", "LABEL", "CSIP")
		t.in("div", "ID", "div-1", "LABEL", p.root)
		t.mark("div", "ID", "div-metadata", "LABEL", "Metadata", "DMDID", "dmd-1", "ADMID", "prov-1")
		for _, g := range groups() {
			t.in("div", "ID", "div-"+g.id, "LABEL", g.use)
			t.mark("fptr", "FILEID", g.id)
			t.out()
		}
		t.out()
		t.out()
		t.out()
		return t.end()
	})
}

func (p *parcel) header(t *tree) {
	t.in("metsHdr", "CREATEDATE", stamp(p.at), "RECORDSTATUS", "NEW", "csip:OAISPACKAGETYPE", "SIP")
	t.in("agent", "ROLE", "CREATOR", "TYPE", "OTHER", "OTHERTYPE", "SOFTWARE")
	t.leaf("name", "Dygnet")
	t.leaf("note", p.Version, "csip:NOTETYPE", "SOFTWARE VERSION")
	t.out()
	t.in("agent", "ROLE", "ARCHIVIST", "TYPE", "ORGANIZATION")
	t.leaf("name", p.Archive)
	t.leaf("note", p.Number, "csip:NOTETYPE", "IDENTIFICATIONCODE")
	t.out()
	t.in("agent", "ROLE", "CREATOR", "TYPE", "ORGANIZATION")
	t.leaf("name", p.bodyName())
	t.out()
	t.leaf("metsDocumentID", "METS.xml")
	t.out()
}

// reference points at a file of metadata.
func (p *parcel) reference(t *tree, files []file, path, kind, other string) {
	for _, f := range files {
		if f.path == path {
			t.mark("mdRef", "LOCTYPE", "URL", "xlink:type", "simple", "xlink:href", link(f.path), "MDTYPE", kind, "OTHERMDTYPE", other, "MIMETYPE", f.mime,
				"SIZE", strconv.FormatInt(f.size, 10), "CREATED", stamp(p.at), "CHECKSUM", f.sha256, "CHECKSUMTYPE", "SHA-256")
		}
	}
}

// link is a path as an address relative to METS.
func link(path string) string { return (&url.URL{Path: path}).EscapedPath() }
