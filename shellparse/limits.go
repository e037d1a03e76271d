package shellparse

// What reading one line may cost. The agent chooses the text, so every loop
// and recursion below is bounded; Script.Limit names the bound that was met.
const (
	// maxSource is how many bytes of source are parsed. The kernel refuses a
	// single exec argument of more than 128 KiB (MAX_ARG_STRLEN), so only
	// scripts and standard input can be longer.
	maxSource = 128 << 10
	// shallowSource is a length below which no text can nest deeply enough to
	// trouble the recursive parser, so that it need not be scanned first.
	shallowSource = 2 << 10
	// maxOpeners bounds the brackets and operators, and maxKeywords the
	// reserved words, that make the parser recurse or its tree large, in one
	// text longer than shallowSource.
	maxOpeners  = 20_000
	maxKeywords = 3_000
	// maxBrackets bounds how deeply brackets nest in one text longer than
	// shallowSource.
	maxBrackets = 300
	// maxNesting bounds how deeply the walk nests: compound commands,
	// substitutions, functions, shells in shells.
	maxNesting = 100
	// maxCommands is how many commands one Script may hold.
	maxCommands = 2_000
	// maxSteps bounds the statements visited, loops unrolled included.
	maxSteps = 20_000
	// maxFileCommands and maxFileSteps bound the same for one file at hand that a
	// line runs, so that there is room for what stands behind it in the line.
	maxFileCommands = 1_000
	maxFileSteps    = 10_000
	// maxRounds is how many rounds of one loop are unrolled; the rest is read
	// once with the loop's variable unknown.
	maxRounds = 32
	// fewRounds is how many rounds are unrolled of a loop that is longer.
	fewRounds = 4
	// maxValue bounds, in bytes, one folded value.
	maxValue = 256 << 10
	// maxExpansion bounds, in bytes, all folded values of one Script.
	maxExpansion = 1 << 20
	// maxFields bounds the words that one word expands to.
	maxFields = 256
	// maxParsed bounds, in bytes, all the texts that are parsed for one Script.
	maxParsed = 512 << 10
	// maxCopied bounds the words that commands hand on to the commands in them,
	// as find -exec and xargs do.
	maxCopied = 64 << 10
	// maxNotes bounds the entries of Word.Unknown.
	maxNotes = 16
	// maxNote bounds, in bytes, what an entry of Word.Unknown quotes.
	maxNote = 120
	// maxZsh is the length, in bytes, up to which what bash cannot read is tried
	// as zsh.
	maxZsh = 16 << 10
	// maxRestarts is how many times parsing resumes after an error, and
	// maxReparsed, in bytes, how much is parsed again in all.
	maxRestarts = 64
	maxReparsed = 128 << 10
	// maxCodeBytes and maxTokens bound the reading of code in another language.
	maxCodeBytes = 256 << 10
	maxTokens    = 50_000
)

// The values of Script.Limit.
const (
	limitSize     = "size"
	limitDepth    = "depth"
	limitCommands = "commands"
)
