// Command e2e runs real coding agents behind each of restrain's doors, against
// a scripted model on loopback, and says what came through: the evidence behind
// the claim that a door stops what it should and leaves the rest alone. Then a person
// sits at each agent's own screen, in tmux, approves one question and denies another;
// of an agent that shares a server with others, also while one of before runs. It is
// started by e2e/run, which installs the agents; no test of the project needs it.
//
// Each run has a home, a network with nothing but loopback and a process
// namespace of its own, so nothing leaves the machine and no daemon is left.
package main
