// How values and states are written; used by the server (Excel, lists) and the screens alike.
import type { Model, PointSpec, Shown, State } from './shapes.ts'
import { words } from './words.ts'

export const said = (group: string, key: string | null | undefined): string => (key ? (words.states?.[group]?.[key] ?? key) : '')
export const TONE: Record<State, 'good' | 'bad' | 'warn' | 'plain'> = { running: 'good', fault: 'bad', offline: 'warn', unknown: 'plain', maintenance: 'plain' }
export const LINE_TONE = { open: 'good', closed: 'bad', stopped: 'plain', unknown: 'plain' } as const
export function valueText(p: Pick<PointSpec, 'kind' | 'places' | 'unit' | 'labels'>, v: number): string {
  const label = p.labels.find((l) => l.value === v)
  if (label) return label.name
  return `${v.toFixed(p.places)}${p.unit ? ` ${p.unit}` : ''}`
}
/** What lies in iot.device_state.latest: value, when, quality. */
export type Latest = Record<string, [v: number, at_ms: number, q: Shown['q']]>
export const shownOf = (model: Pick<Model, 'points'>, latest: Latest): Shown[] =>
  model.points.map((p) => {
    const l = latest[p.key]
    return { point: p.key, name: p.name, kind: p.kind, unit: p.unit, v: l ? l[0] : null, text: l ? valueText(p, l[0]) : '—', at: l ? new Date(l[1]).toISOString() : null, q: l ? l[2] : null, fault: l ? p.labels.some((x) => x.fault && x.value === l[0]) : false }
  })
