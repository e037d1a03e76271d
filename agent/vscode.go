package agent

// notAskedThere is about the terminals that an agent has.
const notAskedThere = "nobody is asked in the agent's terminal, where it could type the answer itself: restrain watch asks"

func vsCode() Agent {
	return Agent{
		Name: "vscode", Title: "VS Code's agent terminal", Aliases: []string{"vs-code", "code"}, Programs: []string{"code"}, Dirs: []string{".config/Code", "Library/Application Support/Code"},
		Notes: []string{notAskedThere},
	}
}
