package jsonbytes

import (
	"strings"
	"testing"
)

func TestOnlyObjectsAreObjects(t *testing.T) {
	nested := func(levels int) string {
		return `{"a":` + strings.Repeat("[", levels-1) + strings.Repeat("]", levels-1) + "}"
	}
	for _, text := range []string{
		`{}`, " {\t\n\r} ", `{"a":1}`, `{"":-0.5e+10}`, `{"a":[],"b":{"c":[{},[1,2,"]"]]}}`,
		`{"a":true,"a":false,"b":null}`, `{"a":"\ud800"}`, `{"\u00e9\"\/":"\\"}`, `{"a":0,"b":1E5}`,
		nested(100), nested(128),
	} {
		if _, err := Parse([]byte(text)); err != nil {
			t.Errorf("refused: %.60s", text)
		}
	}
	for _, text := range []string{
		``, ` `, `[]`, `"a"`, `1`, `null`, `{`, `{"a"`, `{"a":`, `{"a":1`, `{"a":1,}`, `{,}`, `{"a" 1}`,
		`{a:1}`, `{'a':1}`, `{"a":1}x`, `{"a":1}{}`, `{"a":NaN}`, `{"a":01}`, `{"a":1.}`, `{"a":.5}`,
		`{"a":+1}`, `{"a":-}`, `{"a":1e}`, `{"a":[1,]}`, `{"a":[1}`, `{"a":{"b":1]}`, `{"a":tru}`,
		"{\"a\":\"\n\"}", `{"a":"\x"}`, `{"a":"\u12g4"}`, `{"a":"`, `{"a":"\`, "{\"a\":\"\xff\"}",
		"{\"a\":1\x00}", "\ufeff{}", `{"a":{1:2}}`, `{"a":{,}}`, `{"a":[,]}`, `{"a":1 "b":2}`,
		nested(129), nested(100000), strings.Repeat(`{"a":`, 100000),
	} {
		if _, err := Parse([]byte(text)); err == nil {
			t.Errorf("taken: %.60s", text)
		}
	}
}

func TestOtherBytesStayAsTheyAre(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{`{"card":1}`, `{"card":"***"}`},
		{` { "n" : 12345678901234567890 , "c\u0061rd" : [1, {"card":2}] } `,
			` { "n" : 12345678901234567890 , "c\u0061rd" : "***" } `},
		{`{"card":1,"x":{"card":3},"card":"2"}`, `{"card":"***","x":{"card":3},"card":"***"}`},
	} {
		object, err := Parse([]byte(c.text))
		got, ok := object.Replace("card", `"***"`)
		if err != nil || !ok || string(got) != c.want {
			t.Errorf("%s became %s", c.text, got)
		}
	}
	object, _ := Parse([]byte(`{"x":{"card":3}}`))
	if got, ok := object.Replace("card", `"***"`); ok || string(got) != `{"x":{"card":3}}` {
		t.Errorf("changed: %s", got)
	}
}

func TestNamesAndTextsAreWhatTheyMean(t *testing.T) {
	for quoted, meant := range map[string]string{
		`"\ud83d\ude00"`: "😀", `"\u00E9\n\/"`: "é\n/", `""`: "", `"a\ud800b"`: "a\ufffdb",
		`"\ud800\ud83d\ude00"`: "\ufffd😀",
	} {
		if got, ok := Text([]byte(quoted)); !ok || got != meant {
			t.Errorf("%s is %q", quoted, got)
		}
	}
	if _, ok := Text([]byte(`12`)); ok {
		t.Error("a number is a text")
	}
	object, _ := Parse([]byte(`{"\ud800":1,"\ud83d\ude00":2}`))
	if object.Has("\ufffd") || !object.Has("😀") {
		t.Error("half a pair has a name, or a pair has none")
	}
}
