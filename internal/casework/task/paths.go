package task

// Paths of the room, without language.
const (
	Path         = "/arbete/uppgifter"
	pathAsked    = "/arbete/remisser"
	pathCases    = "/arbete/arenden"
	pathLink     = "/remiss"
	pathTasks    = "/uppgifter"
	pathRemiss   = "/remiss"
	pathApproval = "/godkannande"
	pathNoted    = "/underlag"
)

func casePath(id string) string { return pathCases + "/" + id }

// AskedPath is where somebody inside answers a remiss.
func AskedPath(id string) string { return pathAsked + "/" + id }

// LinkPath is where somebody outside answers a remiss.
func LinkPath(link string) string { return pathLink + "/" + link }

// RoundPath is where a round is read and answered.
func RoundPath(caseID, id string) string { return casePath(caseID) + pathApproval + "/" + id }
