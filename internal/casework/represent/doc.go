// Package represent answers who may act for whom: guardians for their children (föräldrabalken 6 kap. 11 §), signatories for a firm or
// association (firmatecknare), and those whom somebody has given a power of attorney (fullmakt, avtalslagen 2 kap.; ombud, FL 14 §).
//
// Guardians and signatories are read from a register each time, so they end when the register says so. A power of attorney is given by
// a person for themselves or for an organisation they may sign for alone, names the agent by personnummer, and works from when the agent
// has accepted it until its last day or until either ends it. Each step is in the journal; none is ever edited.
package represent
