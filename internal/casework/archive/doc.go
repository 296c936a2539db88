// Package archive writes closed cases as packages for the e-archive: FGS Paketstruktur 2.0, which is E-ARK CSIP 2.1 and SIP 2.1 (METS at the
// root, PREMIS beside), with descriptive metadata by FGS Ärendehantering 2.0, which is E-ARK CITS ERMS 2.1.
//
// A package is a zip that is written as it is read: documents pass from the vault through their checksum into the zip, 64 kB at a time, and
// nothing but a line of each file is kept until METS is written last. Of the same case, at the same moment of the journal, the bytes are the
// same.
//
// It holds every document, every decision as HTML, the diarium, the timeline and the answers as CSV, the receipts of the journal that prove
// them, and the version of the case type as documentation. Secrecy marks are restrictions with their provision (OSL 5 kap. 5 §); of a party
// with protected personal data the metadata have the name, marked so, and no way to reach them; what was handed in is there as it came.
//
// What is validated: erms.xml against ERMS.xsd 2.1 and the rules of erms.sch, METS.xml against mets.xsd and DILCISExtensionMETS.xsd.
// premis.xml follows PREMIS 3.0 but is not validated, since its schema was not at hand, and so is not the SIP's own extension of METS, of
// which nothing is used. Schemas are named by address and not put in the package.
package archive
