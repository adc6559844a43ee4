/**
 * Another system that subscribes to Holdfast: a queue of its own, or the log of all events from the first one on.
 *
 *     node subscriber.mjs AMQP_URL ASYNCAPI_DOCUMENT QUEUE        hears what is published from now on
 *     node subscriber.mjs AMQP_URL ASYNCAPI_DOCUMENT              replays the log
 *
 * It prints a line of JSON for each message: its id, its type and what is wrong with it. It ends with its standard input.
 */

import Ajv2020 from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { connect } from "amqplib";
import { CloudEvent } from "cloudevents";
import { parsed } from "./described.mjs";

const EVENTS = "holdfast.events";
const LOG = "holdfast.events.log";
const PREFIX = "cloudEvents_";
const REQUIRED = ["specversion", "id", "type", "source"];
const PREFETCH = 100;
const OF_THE_PARSER = ["x-parser-schema-id"];

const [url, path, queue] = process.argv.slice(2);
const types = await validators(path);
const connection = await connect(url);
const channel = await connection.createChannel();
await channel.prefetch(PREFETCH);
if (queue) {
  await channel.assertQueue(queue, { exclusive: true });
  await channel.bindQueue(queue, EVENTS, "#");
}
print({ ready: true }); // before the first message, which may arrive before the broker confirms the consumer
await channel.consume(queue ?? LOG, note, queue ? {} : { arguments: { "x-stream-offset": "first" } });
process.stdin.resume().on("end", () => connection.close());

/**
 * Compile the schemas of headers and payload of each message that the document describes.
 * @returns {Promise<Map<string, {headers: Function, payload: Function}>>} by type
 */
async function validators(path) {
  const { document, diagnostics } = await parsed(path);
  if (!document) throw new Error(JSON.stringify(diagnostics));
  const ajv = addFormats(new Ajv2020({ allErrors: true, strictTypes: false, keywords: OF_THE_PARSER }));
  const described = document.allMessages().all();
  return new Map(
    described.map((each) => [
      each.name(),
      { headers: compiled(ajv, each.headers()), payload: compiled(ajv, each.payload()) },
    ]),
  );
}

/** Compile one schema; its own name is left out, since several messages may have parts that are alike. */
function compiled(ajv, schema) {
  const { $id, $schema, ...rules } = schema.json();
  return ajv.compile(rules);
}

function note(message) {
  const { headers, messageId, type } = message.properties;
  print({ id: messageId, type, offset: headers["x-stream-offset"], errors: errors(message) });
  channel.ack(message);
}

/**
 * Say what is wrong with a message as a CloudEvent in AMQP binary mode, and by the schemas of its type.
 * @returns {string[]}
 */
function errors(message) {
  const { headers, contentType, messageId, type } = message.properties;
  const attributes = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(PREFIX))
      .map(([name, value]) => [name.slice(PREFIX.length), value]),
  );
  const found = REQUIRED.filter((name) => !attributes[name]).map((name) => `no ${name}`);
  if (attributes.specversion !== "1.0") found.push(`specversion ${attributes.specversion}`);
  if (contentType !== "application/json") found.push(`content type ${contentType}`);
  if (attributes.datacontenttype !== contentType) found.push(`datacontenttype ${attributes.datacontenttype}`);
  if (attributes.id !== messageId) found.push("another message id");
  if (attributes.type !== type) found.push("another type");
  if (message.fields.exchange && message.fields.routingKey !== type)
    found.push(`routing key ${message.fields.routingKey}`);
  return [
    ...found,
    ...unlikeACloudEvent(attributes, message.content),
    ...unlikeItsSchemas(attributes.type, headers, message.content),
  ];
}

/** Let the SDK make the event, and look whether it kept every attribute. */
function unlikeACloudEvent(attributes, content) {
  try {
    const event = new CloudEvent({ ...attributes, data: JSON.parse(content.toString()) }).toJSON();
    const same = (name) =>
      name === "time" ? Date.parse(event.time) === Date.parse(attributes.time) : event[name] === attributes[name];
    return Object.keys(attributes)
      .filter((name) => !same(name))
      .map((name) => `${name} became ${event[name]}`);
  } catch (error) {
    return [`no CloudEvent: ${error.message}`];
  }
}

function unlikeItsSchemas(type, headers, content) {
  const described = types.get(type);
  if (!described) return [`${type} is not described`];
  const parts = [
    [described.headers, headers],
    [described.payload, JSON.parse(content.toString())],
  ];
  return parts.flatMap(([check, value]) =>
    check(value) ? [] : check.errors.map((error) => `${error.instancePath} ${error.message}`),
  );
}

function print(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
