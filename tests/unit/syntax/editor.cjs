// Validates specs as an editor does: by the YAML language server with our JSON Schema.
// In: JSON on stdin, {schemas: {word: schema}, files: [{name, text, schema: word}]}.
// Out: JSON on stdout, {name: [message, …]} of the files in which it finds something.
const { getLanguageService } = require("yaml-language-server");
const { TextDocument } = require("vscode-languageserver-textdocument");

const asked = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const folders = Object.keys(asked.schemas);
const service = getLanguageService({
  schemaRequestService: (uri) => Promise.resolve(JSON.stringify(asked.schemas[uri.split("//")[1]])),
  workspaceContext: { resolveRelativePath: (path) => path },
});
service.configure({
  validate: true,
  yamlVersion: "1.2",
  schemas: folders.map((word) => ({ uri: `schema://${word}`, fileMatch: [`${word}/*`] })),
});

(async () => {
  const found = {};
  for (const [number, file] of asked.files.entries()) {
    const document = TextDocument.create(`file:///${file.schema}/${number}.yml`, "yaml", 0, file.text);
    const messages = (await service.doValidation(document, false)).map((item) => item.message);
    if (messages.length) found[file.name] = messages;
  }
  process.stdout.write(JSON.stringify(found));
})();
