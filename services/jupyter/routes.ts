import type { FastifyPluginAsync } from 'fastify'

export interface LabAddress {
  /** Where Jupyter listens. */
  readonly url: string
  readonly token: string
}

/** GET /jupyter, on the control socket only: what `podctl jupyter-url` makes the address from. */
export function jupyterRoutes(address: () => LabAddress | undefined): FastifyPluginAsync {
  return async (app) => {
    app.get('/jupyter', {
      config: { access: 'socket' },
      schema: {
        summary: 'Address and token of JupyterLab, for podctl',
        description: 'On the control socket only; 403 on TCP.',
        tags: ['control'],
        response: { 200: addressSchema },
      },
      handler: async () => address() ?? Promise.reject(notStarted()),
    })
  }
}

const addressSchema = {
  description: 'Address and token',
  type: 'object',
  required: ['url', 'token'],
  properties: { url: { type: 'string' }, token: { type: 'string' } },
}

function notStarted(): Error {
  const fields = { statusCode: 503, title: 'Jupyter has no address yet', retryAfterSeconds: 1 }
  return Object.assign(new Error('Jupyter has not been started yet'), fields)
}
