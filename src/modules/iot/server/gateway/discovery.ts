// How a device is told to Home Assistant (MQTT discovery, https://www.home-assistant.io/integrations/mqtt/#mqtt-discovery): one retained message an entity,
// `<prefix>/<component>/<node>/<object>/config`; values as one JSON a device. Pure.
import type { CommandSpec, Model, PointSpec } from '../../shapes.ts'

export interface Entity {
  topic: string
  body: Record<string, unknown>
}
export interface Told {
  feed_id: string
  prefix: string
  may_command: boolean
}
interface Device {
  device_id: string
  no: string
  name: string
  place: string
  product_name: string
  is_meter: boolean
  model: Model
}
const UNITS: Record<string, string> = { '℃': '°C', 'μg/m³': 'µg/m³', 度: 'kWh', 次: '', 层: '' }
/** By unit, and where that says too little by the name of the point. */
function classOf(p: PointSpec): string | undefined {
  const by: Record<string, string> = { '℃': 'temperature', V: 'voltage', A: 'current', W: 'power', kW: 'power', kWh: 'energy', 度: 'energy', 'm³': 'water', MPa: 'pressure', Pa: 'pressure', Hz: 'frequency', dB: 'sound_pressure', 'm/s': 'wind_speed', h: 'duration' }
  if (p.unit === '%') return /湿/.test(p.name) ? 'humidity' : /电池|电量/.test(p.name) ? 'battery' : undefined
  if (p.unit === 'ppm') return /二氧化碳/.test(p.name) ? 'carbon_dioxide' : /一氧化碳/.test(p.name) ? 'carbon_monoxide' : undefined
  if (p.unit === 'μg/m³') return /2\.5/.test(p.name) ? 'pm25' : /10/.test(p.name) ? 'pm10' : undefined
  // Only a counter may be `water`: it must never fall.
  return p.unit === 'm³' && p.kind !== 'counter' ? undefined : by[p.unit]
}
export const stateTopic = (feed_id: string, device_id: string): string => `heyuan/${feed_id}/${device_id}/state`
export const aliveTopic = (feed_id: string, device_id: string): string => `heyuan/${feed_id}/${device_id}/availability`
const SET = /^heyuan\/([0-9a-f-]{36})\/([0-9a-f-]{36})\/set\/([a-z][a-z0-9_]{0,29})$/
export function readSet(topic: string): { feed_id: string; device_id: string; command: string } | null {
  const [, feed_id, device_id, command] = SET.exec(topic) ?? []
  return feed_id && device_id && command ? { feed_id, device_id, command } : null
}
/** What a platform may give: nothing of access or life, and no meter. */
export const givable = (d: Pick<Device, 'is_meter'>, c: Pick<CommandSpec, 'safety'>): boolean => !d.is_meter && (c.safety === 'comfort' || c.safety === 'info')

export function entitiesOf(d: Device, f: Told): Entity[] {
  const node = d.device_id.replaceAll('-', '')
  const device = { identifiers: [d.device_id], name: d.name, model: d.product_name, manufacturer: '和院', serial_number: d.no, suggested_area: d.place }
  const common = (key: string, name: string) => ({ name, unique_id: `heyuan_${node}_${key}`, object_id: `heyuan_${d.no}_${key}`.toLowerCase(), availability_topic: aliveTopic(f.feed_id, d.device_id), device, origin: { name: '和院' } })
  const at = (component: string, key: string): string => `${f.prefix}/${component}/${node}/${key}/config`
  const points = d.model.points.map((p): Entity => {
    const base = { ...common(p.key, p.name), state_topic: stateTopic(f.feed_id, d.device_id) }
    const value = `value_json.${p.key}`
    if (p.kind === 'state' && p.labels.length === 2) {
      const on = p.labels.find((l) => l.fault) ?? p.labels.find((l) => l.value !== 0) ?? p.labels[1]!
      return { topic: at('binary_sensor', p.key), body: { ...base, value_template: `{{ 'ON' if ${value} == ${on.value} else 'OFF' }}`, ...(on.fault ? { device_class: 'problem' } : {}) } }
    }
    if (p.kind === 'state') return { topic: at('sensor', p.key), body: { ...base, device_class: 'enum', options: p.labels.map((l) => l.name), value_template: `{{ {${p.labels.map((l) => `${l.value}: '${l.name.replaceAll("'", '')}'`).join(', ')}}.get(${value} | int, none) }}` } }
    const device_class = classOf(p)
    const unit = UNITS[p.unit] ?? p.unit
    return { topic: at('sensor', p.key), body: { ...base, value_template: `{{ ${value} }}`, state_class: p.kind === 'counter' ? 'total_increasing' : 'measurement', suggested_display_precision: p.places, ...(unit ? { unit_of_measurement: unit } : {}), ...(device_class ? { device_class } : {}) } }
  })
  if (!f.may_command) return points
  const commands = d.model.commands.filter((c) => givable(d, c)).map((c): Entity => {
    const base = { ...common(`set_${c.key}`, c.name), command_topic: `heyuan/${f.feed_id}/${d.device_id}/set/${c.key}` }
    return c.arg ? { topic: at('number', `set_${c.key}`), body: { ...base, min: c.arg.low, max: c.arg.high, step: 10 ** -c.arg.places, ...(c.arg.unit ? { unit_of_measurement: UNITS[c.arg.unit] ?? c.arg.unit } : {}) } } : { topic: at('button', `set_${c.key}`), body: { ...base, payload_press: 'PRESS' } }
  })
  return [...points, ...commands]
}
/** MQTT 3.1.1, 4.7: `+` one level, `#` the rest. */
export function matches(filter: string, topic: string): boolean {
  const [f, t] = [filter.split('/'), topic.split('/')]
  for (let i = 0; i < f.length; i++) {
    if (f[i] === '#') return true
    if (t[i] === undefined || (f[i] !== '+' && f[i] !== t[i])) return false
  }
  return f.length === t.length
}
