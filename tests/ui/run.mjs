// node run.mjs STORY ADDRESS JSON: tells a story, and ends with OK.
const [, , story, address, text = '{}'] = process.argv;
const { default: tell } = await import(`./${story}.mjs`);
const result = await tell(address, JSON.parse(text));
if (result !== undefined) console.log(JSON.stringify(result));
console.log('OK');
