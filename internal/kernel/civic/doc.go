// Package civic reads the numbers by which Sweden knows persons and organisations: personnummer, samordningsnummer,
// organisationsnummer, and postnummer.
//
// Personal numbers are secrets of a kind: they are never in URLs, logs or error texts. Errors here never quote the input, a
// Number logs itself masked, and Find screens free text before it is shown in the public register.
//
// Sources: folkbokföringslagen (1991:481) 18-18 d §§; lag (1974:174) om identitetsbeteckning för juridiska personer m.fl.;
// Skatteverket SKV 704 (personnummer) and SKV M 2010:3 (samordningsnummer).
package civic
