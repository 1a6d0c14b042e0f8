package api

import "github.com/danielgtaylor/huma/v2"

// permission is what a request needs leave for. Each operation names one; there
// is none that stands for "nothing said".
type permission uint8

const (
	open          permission = iota + 1 // answered to everybody: probes and documents
	mayRead                             // ask questions, look at claims, lists and policies
	mayScreen                           // send lines to be screened
	mayWrite                            // add, correct and withdraw claims; import
	mayDecide                           // record decisions
	mayAdminister                       // keys, the audit log, the service itself
)

// permissionKey is where the description of an operation keeps its permission.
const permissionKey = "permission"

// permissionOf returns what an operation needs leave for, 0 if it does not say.
func permissionOf(op *huma.Operation) permission {
	p, _ := op.Metadata[permissionKey].(permission)
	return p
}
