package queries

import (
	"fmt"
	"regexp"
	"strings"
)

// What a text for a parameter means beside a date and a time.
const (
	Today = "today"
	Now   = "now"
)

var (
	exampleForm = regexp.MustCompile(`^:param \{(.*)\}$`)
	exampleItem = regexp.MustCompile(`^([a-z_]+): (date\(\)|datetime\(\)|(?:date|datetime)\('([^'\\]*)'\)|-?[0-9]+|'([^'\\]*)'|\[((?:'[^',\\]*'(?:, )?)*)\])(?:, |$)`)
)

// Example reads a :param line of Neo4j Browser. It returns the values as texts:
// a date and a time as they are, [Today] and [Now] for what the server would
// say, and the texts of a list with commas between them.
func Example(line string) (map[string]string, error) {
	m := exampleForm.FindStringSubmatch(line)
	if m == nil {
		return nil, fmt.Errorf("%q is not a :param line", line)
	}
	values := map[string]string{}
	for rest := m[1]; rest != ""; {
		item := exampleItem.FindStringSubmatch(rest)
		if item == nil {
			return nil, fmt.Errorf("%q is not the value of a parameter", rest)
		}
		name, literal := item[1], item[2]
		if _, twice := values[name]; twice {
			return nil, fmt.Errorf("the parameter %s comes twice", name)
		}
		switch {
		case literal == "date()":
			values[name] = Today
		case literal == "datetime()":
			values[name] = Now
		case strings.HasPrefix(literal, "date"):
			values[name] = item[3]
		case strings.HasPrefix(literal, "'"):
			values[name] = item[4]
		case strings.HasPrefix(literal, "["):
			values[name] = strings.ReplaceAll(strings.ReplaceAll(item[5], "'", ""), ", ", ",")
		default:
			values[name] = literal
		}
		rest = rest[len(item[0]):]
	}
	return values, nil
}
