import { once } from 'node:events'
import { createServer } from 'node:net'
import { portOwner } from '../../supervisor/port-owner.ts'

/** Throws a sentence that names the owner when Jupyter could not listen there: by itself it would end without one. */
export async function demandPort(host: string, port: number): Promise<void> {
  const server = createServer()
  try {
    server.listen({ host, port, exclusive: true })
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new Error(`port ${port} is taken by ${await portOwner(port)}: end it, or set JUPYTER_PORT`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new Error(`JUPYTER_HOST (${host}) is no address of this machine: correct it`)
    if (code === 'EACCES') throw new Error(`port ${port} needs root: set JUPYTER_PORT to 1024 or more`)
    throw error
  }
}
