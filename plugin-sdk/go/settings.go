package sluicegate

import (
	"errors"

	"sluicegate/jsonbytes"
)

// Settings are the [settings] of the plugin's TOML file.
type Settings struct{ object jsonbytes.Object }

func parseSettings(text []byte) (Settings, error) {
	object, err := jsonbytes.Parse(text)
	if err != nil {
		return Settings{}, errors.New("the settings are " + err.Error())
	}
	return Settings{object}, nil
}

// Text is the setting of this name, or otherwise where there is none. The error says that it is
// there and is not a text.
func (s Settings) Text(name, otherwise string) (string, error) {
	value, ok := s.object.Value(name)
	if !ok {
		return otherwise, nil
	}
	text, ok := jsonbytes.Text(value)
	if !ok {
		return "", errors.New("`" + name + "` must be a text")
	}
	return text, nil
}

// Value is the setting of this name as JSON, for example 12 or ["a","b"]; nil where there is none.
func (s Settings) Value(name string) []byte {
	value, _ := s.object.Value(name)
	return value
}
