import { configurationProblem } from '../environment.ts'
import { socketPaths } from '../services/http/listening/socket-paths.ts'
import type { HttpOptions } from '../services/http/options.ts'
import { http } from '../services/http/service.ts'
import type { Service } from '../supervisor/service.ts'
import { hidden } from './pod-log.ts'
import type { Setup } from './run-pod.ts'
import { accountOf } from './user-program.ts'

type FromServices = Pick<HttpOptions, 'routes' | 'metrics' | 'health' | 'onActivity' | 'generatedToken'>

/** The HTTP server with what the services hand to it. */
export function web(setup: Setup, given: FromServices): Service {
  const { pod, version, stateDir, log } = setup
  return http({
    ...listenerOptions(setup),
    ...{ pod, version, socketPaths: socketPaths(stateDir) },
    ...given,
    generatedToken: hidden(log, given.generatedToken),
  })
}

type OfEnvironment = 'host' | 'port' | 'portProblem' | 'apiToken' | 'verbose' | 'socketGroup'

/** With a variable that is wrong the TCP listener stays off: nobody listens where the user did not mean it. */
function listenerOptions(setup: Setup): Pick<HttpOptions, OfEnvironment> {
  const { environment } = setup
  const values = environment.values.http
  const group = accountOf(setup)?.gid
  return {
    host: values?.INFERENCE_API_HOST ?? '127.0.0.1',
    port: values?.INFERENCE_API_PORT,
    apiToken: values?.API_TOKEN,
    verbose: values?.INFERENCE_API_VERBOSE ?? false,
    ...(values ? {} : { portProblem: configurationProblem(environment, 'http') ?? '' }),
    ...(group === undefined ? {} : { socketGroup: group }),
  }
}
