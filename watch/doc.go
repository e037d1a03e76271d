// Package watch lets a human answer a session's questions from elsewhere: from
// another terminal, a script or a pop-up window.
//
// It owns the session's control socket, in the session's own directory, and the
// protocol on it; and it puts one question to several places at once, of which
// the first answer counts. Answers are taken only from processes outside the
// session. It must not know what is dangerous, or how a question is drawn.
//
// # The protocol
//
// One JSON object a line. The client says first what it wants: to watch, or to
// answer one question. A watcher is sent each question as it is opened and its
// id when it is closed; it may answer too. Every answer is replied to.
package watch
