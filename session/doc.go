// Package session puts a guarded session together: how commands are caught, who
// judges, who is asked, what becomes of what the agent leaves behind; and the
// doors that no session is around. It says of a request where it comes from. It
// must not know flags, nor decide: that is gate's.
package session
