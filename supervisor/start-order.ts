import { PodError } from './errors.ts'
import type { Service } from './service.ts'

/** Throws SERVICE_GRAPH_INVALID, by name, for a double name, an unknown lead or leads that form a circle. */
export function checkGraph(services: readonly Service[]): void {
  const byName = new Map(services.map((service) => [service.name, service]))
  if (byName.size < services.length) {
    const names = services.map((service) => service.name)
    const twice = names.find((name, index) => names.indexOf(name) !== index)
    throw new PodError('SERVICE_GRAPH_INVALID', `two services are named "${twice}"`)
  }
  for (const service of services) {
    const unknown = leadsOf(service).find((lead) => !byName.has(lead))
    if (unknown === undefined) continue
    throw new PodError(
      'SERVICE_GRAPH_INVALID',
      `service "${service.name}" names "${unknown}", which does not exist`,
    )
  }
  const circle = findCircle(byName)
  if (circle) throw new PodError('SERVICE_GRAPH_INVALID', `services wait in a circle: ${circle.join(' → ')}`)
}

function leadsOf(service: Service): readonly string[] {
  return [...(service.needs ?? []), ...(service.after ?? [])]
}

function findCircle(byName: ReadonlyMap<string, Service>): readonly string[] | undefined {
  const cleared = new Set<string>()
  const visit = (name: string, path: readonly string[]): readonly string[] | undefined => {
    if (path.includes(name)) return [...path.slice(path.indexOf(name)), name]
    const service = byName.get(name)
    if (cleared.has(name) || !service) return undefined
    for (const lead of leadsOf(service)) {
      const circle = visit(lead, [...path, name])
      if (circle) return circle
    }
    cleared.add(name)
    return undefined
  }
  for (const name of byName.keys()) {
    const circle = visit(name, [])
    if (circle) return circle
  }
  return undefined
}
