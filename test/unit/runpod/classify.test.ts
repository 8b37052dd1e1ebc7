import { expect, test } from 'vitest'
import { problemNameOf } from '../../../runpod/classify.ts'
import { problemTexts } from '../../../runpod/problem-texts.ts'
import { refusalIn } from '../../../runpod/refusal.ts'

const problem = (status: number, detail: string) => JSON.stringify({ title: 'x', status, detail })
const graphql = (message: string, code = 'RUNPOD') =>
  JSON.stringify({ errors: [{ message, extensions: { code } }], data: null })

test.for([
  // The words that tell that there is no room: v2 says 400, v1 said 500, GraphQL 200.
  [
    400,
    problem(
      400,
      'There are no longer any instances available with the requested specifications. Please refresh and try again.',
    ),
    'capacity',
  ],
  [400, problem(400, 'There are no longer any instances available with enough disk space.'), 'capacity'],
  [500, '{"error":"create pod: There are no instances currently available.","status":500}', 'capacity'],
  [
    500,
    '{"error":"create pod: could not find any pods with required specifications","status":500}',
    'capacity',
  ],
  [
    200,
    graphql('This machine does not have the resources to deploy your pod. Please try a different machine'),
    'capacity',
  ],
  [400, problem(400, 'There are not enough free GPUs on the host machine to start this pod.'), 'capacity'],
  [200, graphql('Insufficient resources'), 'capacity'],
  [401, problem(401, 'missing bearer token'), 'auth'],
  [401, 'Unauthorized', 'auth'],
  [403, problem(403, 'access denied'), 'auth'],
  [200, graphql('Unauthorized'), 'auth'],
  [200, graphql('no', 'UNAUTHENTICATED'), 'auth'],
  // Cloudflare's refusal says nothing of the key.
  [403, 'error code: 1010', 'unknown'],
  [403, '<html><title>Attention Required! | Cloudflare</title></html>', 'unknown'],
  [402, problem(402, 'balance too low'), 'unknown'],
  [404, problem(404, 'resource not found'), 'not-found'],
  [404, '{"error":"pod not found to terminate","status":404}', 'not-found'],
  [200, graphql('pod not found to terminate'), 'not-found'],
  [200, graphql('Tried to delete nonexistent network volume'), 'not-found'],
  // A wrong address also answers 404: that pod is not gone.
  [404, '<html><title>404 Not Found</title></html>', 'unknown'],
  [404, '404 page not found', 'unknown'],
  [
    404,
    '{"message":"Route POST:/v2/pods/abc/action not found","error":"Not Found","statusCode":404}',
    'unknown',
  ],
  [404, '', 'not-found'],
  [404, 'pod not found', 'not-found'],
  [409, problem(409, 'action stop is not valid for a pod that is EXITED'), 'conflict'],
  [410, '', 'retired'],
  [410, '{"error":"Gone"}', 'retired'],
  [422, problem(422, 'Request validation failed.'), 'validation'],
  [
    400,
    graphql('Cannot query field "stockStatus" on type "GpuType".', 'GRAPHQL_VALIDATION_FAILED'),
    'validation',
  ],
  [200, graphql('Cannot query field "x" on type "Pod".'), 'validation'],
  [413, problem(413, 'body too large'), 'validation'],
  [429, '<html>slow down</html>', 'rate-limited'],
  [200, graphql('Too many requests'), 'rate-limited'],
  [500, problem(500, 'boom'), 'transient'],
  [502, '<html><title>Bad gateway</title></html>', 'transient'],
  [504, '', 'transient'],
  // A host of RunPod that is not found is no pod that is gone.
  [500, problem(500, 'upstream pod not found in cache'), 'transient'],
  [408, '', 'transient'],
  [200, graphql('Something went wrong. Please try again later or contact support.'), 'transient'],
  [302, '', 'unknown'],
  [418, 'teapot', 'unknown'],
] as const)('problemNameOf() an answer %i %s is of the kind %s', ([status, text, kind]) => {
  expect(problemTexts[problemNameOf(refusalIn(status, text))][0]).toBe(kind)
})

test.for([
  [problem(422, 'Request validation failed.'), 'Request validation failed.'],
  [
    '{"title":"x","status":422,"detail":"Request validation failed.","errors":["$: additional properties \'x\' not allowed"]}',
    "Request validation failed.; $: additional properties 'x' not allowed",
  ],
  [graphql('One'), 'One'],
  [graphql('One', 'FORBIDDEN'), 'One (FORBIDDEN)'],
  ['{"errors":[{"message":"a"},{"message":"b"},{}]}', 'a; b; an error without a message'],
  ['<!doctype html>\n<title>\n Bad\n gateway </title>', 'a page titled Bad gateway'],
  ['<html></html>', 'a page without a title'],
  ['plain  words\nhere', 'plain words here'],
  ['"a text"', '"a text"'],
  ['[]', '[]'],
] as const)('refusalIn() finds the words of %s', ([text, says]) => {
  expect(refusalIn(500, text).says).toBe(says)
})

test('refusalIn() cuts long texts', () => {
  expect(refusalIn(500, 'x'.repeat(5000)).says).toBe(`${'x'.repeat(300)}…`)
})
