// Process: the simulated devices of the sample installation. They know what whoever installs a device types in: its account and the address of the gateway.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { nowMs } from '../kernel/clock.ts'
import { openDatabase, readOnce } from '../kernel/db.ts'
import { startDevices, type Sim, type SimDevice } from '../world/outside/device_sim/index.ts'
import { startDoors, type SimDoors } from '../world/outside/door_sim.ts'
import { startPlateGates, type SimPlateGate } from '../world/outside/plate_sim.ts'
import { startCameras, type SimSite } from '../world/outside/camera_sim/index.ts'
import { startBrokerSim, startOperatorSim, type SimChannels } from '../world/outside/device_sim/channels.ts'
import { startFireSim } from '../world/outside/device_sim/fire.ts'
import { startPrinterSim } from '../world/outside/device_sim/panel_printer.ts'
import { startBuses, type SimBus } from '../world/outside/device_sim/sample_buses.ts'
import { startStationSim } from '../world/outside/device_sim/station.ts'
import { framedDevices, smartBuses, smartDevices, stationValues } from '../world/plan/smart.ts'
import { underParent } from './parent.ts'

const env = process.env
const url = env['HEYUAN_DATABASE_URL']
const port = Number(env['HEYUAN_MQTT_PORT'])
if (!url || !(port > 0)) {
  console.error('sim_devices: HEYUAN_DATABASE_URL and HEYUAN_MQTT_PORT must be set')
  process.exit(2)
}
const AGAIN_MS = 20_000
const d = openDatabase(url, { max: 1, application_name: 'heyuan-sim-devices' })
let sim: Sim | undefined
let seen_count = 0
let stopFramed: () => void = () => {}
let stopBuses: () => Promise<void> = () => Promise.resolve()
async function look(): Promise<void> {
  const { rows: companies } = await d.pool.query<{ company_id: number }>('select company_id from identity.company order by 1')
  const found: SimDevice[] = []
  for (const { company_id } of companies)
    found.push(...await readOnce<SimDevice>(d, company_id, { name: 'sim_devices', text: `select d.device_id, d.no, s.heard_at is not null as known, (p.model->>'period_s')::int as period_s, (select jsonb_build_object('v', r.reading, 'at_ms', extract(epoch from r.created_at) * 1000) from meters.reading r where r.company_id = $1 and r.meter_id = d.meter_id order by r.period_on desc limit 1) as start from iot.device d join iot.product p on p.company_id = $1 and p.product_id = d.product_id left join iot.device_state s on s.company_id = $1 and s.device_id = d.device_id where d.company_id = $1 and d.no = any($2) and d.secret_hash is not null`, values: [company_id, smartDevices.map((x) => x.no)] }))
  // The sample loads while we wait. One that was loaded by an older version has fewer, and no more come.
  const grows = found.length !== seen_count || found.length === 0
  seen_count = found.length
  if (found.length < smartDevices.length && grows) return void setTimeout(() => void tried('devices', look()), AGAIN_MS)
  const buses: SimBus[] = []
  for (const { company_id } of companies)
    buses.push(...await readOnce<SimBus>(d, company_id, { name: 'sim_buses', text: `select b.name, b.port, coalesce((select jsonb_object_agg(v.address, jsonb_build_object('v', r.reading, 'at_ms', extract(epoch from r.created_at) * 1000)) from iot.device v join lateral (select r.reading, r.created_at from meters.reading r where r.company_id = $1 and r.meter_id = v.meter_id order by r.period_on desc limit 1) r on true where v.company_id = $1 and v.bus_id = b.bus_id), '{}') as start from iot.bus b where b.company_id = $1 and b.host = '127.0.0.1' and b.name = any($2)`, values: [company_id, smartBuses.map((b) => b.name)] }))
  await d.end()
  const lines = await startBuses(buses)
  stopBuses = async () => void (await Promise.all(lines.map((l) => l.stop())))
  sim = startDevices({ port, devices: found })
  const [fire_port, station_port] = [Number(env['HEYUAN_FIRE_PORT']), Number(env['HEYUAN_STATION_PORT'])]
  const [panel_address, mn, token] = framedDevices.map((d) => d.address)
  const printer_port = Number(env['HEYUAN_FIRE_PRINTER_PORT'])
  // For `heyuan sim fire`.
  if (fire_port > 0 && env['HEYUAN_DATA']) await writeFile(join(env['HEYUAN_DATA'], 'sim_fire.json'), JSON.stringify({ port: fire_port, address: panel_address })).catch(() => {})
  const panel = fire_port > 0 ? startFireSim({ port: fire_port, address: panel_address! }) : undefined
  const station = station_port > 0 ? startStationSim({ port: station_port, mn: mn!, values: stationValues }) : undefined
  const printer = printer_port > 0 ? startPrinterSim({ port: printer_port, token: token! }) : undefined
  stopFramed = () => {
    printer?.stop()
    panel?.stop()
    station?.stop()
  }
  console.log(`sim_devices: ${sim.count} simulated devices, ${lines.length} buses`)
}
let doors: { count: number; stop: () => void } | undefined
/** The addresses that the sample wrote down when it put up its doors. */
async function lookForDoors(): Promise<void> {
  const written = await readFile(join(env['HEYUAN_DATA'] ?? '', 'sim_doors.json'), 'utf8').catch(() => null)
  if (written === null) return void setTimeout(() => void tried('doors', lookForDoors()), AGAIN_MS)
  doors = startDoors({ base: `http://127.0.0.1:${env['HEYUAN_PORT']}`, controllers: JSON.parse(written) as SimDoors[] })
  console.log(`sim_devices: ${doors.count} door controllers`)
}
let gates: { count: number; stop: () => Promise<void> } | undefined
async function lookForGates(): Promise<void> {
  const written = await readFile(join(env['HEYUAN_DATA'] ?? '', 'sim_gates.json'), 'utf8').catch(() => null)
  if (written === null) return void setTimeout(() => void tried('gates', lookForGates()), AGAIN_MS)
  gates = await startPlateGates({ base: `http://127.0.0.1:${env['HEYUAN_PORT']}`, gates: JSON.parse(written) as SimPlateGate[] })
  console.log(`sim_devices: ${gates.count} plate cameras`)
}
let cameras: { count: number; stop: () => Promise<void> } | undefined
async function lookForCameras(): Promise<void> {
  const written = await readFile(join(env['HEYUAN_DATA'] ?? '', 'sim_cameras.json'), 'utf8').catch(() => null)
  if (written === null) return void setTimeout(() => void lookForCameras().catch(() => {}), AGAIN_MS)
  cameras = await startCameras(JSON.parse(written) as SimSite, nowMs, Number(env['HEYUAN_SIP_PORT'] ?? 0))
  console.log(`sim_devices: ${cameras.count} cameras`)
}
let channels: { stop: () => Promise<void> }[] = []
async function lookForChannels(): Promise<void> {
  const written = await readFile(join(env['HEYUAN_DATA'] ?? '', 'sim_channels.json'), 'utf8').catch(() => null)
  if (written === null) return void setTimeout(() => void tried('channels', lookForChannels()), AGAIN_MS)
  const site = JSON.parse(written) as SimChannels
  const look = openDatabase(url!, { max: 1, application_name: 'heyuan-sim-channels' })
  const { rows: companies } = await look.pool.query<{ company_id: number }>('select company_id from identity.company order by 1')
  const known = new Set<string>()
  for (const { company_id } of companies) for (const r of await readOnce<{ device_id: string }>(look, company_id, { name: 'sim_known', text: `select device_id from iot.device_state where company_id = $1 and device_id = any($2) and heard_at is not null`, values: [company_id, site.devices.map((d) => d.device_id)] })) known.add(r.device_id)
  await look.end()
  channels = [startOperatorSim({ base: `http://127.0.0.1:${env['HEYUAN_IOT_HTTP_PORT']}`, path: site.operator_path })]
  channels.push(await startBrokerSim({ ...site, known }))
  console.log('sim_devices: an operator platform and an outside broker')
}
// One of them that cannot begin is said, and the others go on.
const tried = (what: string, p: Promise<void>): Promise<void> => p.catch((error: unknown) => console.error(`sim_devices: ${what}: ${String(error)}`))
process.on('uncaughtException', (error) => console.error(`sim_devices: ${String(error)}`))
await tried('devices', look())
await tried('doors', lookForDoors())
// What cannot listen never comes back: none waits for another.
void tried('gates', lookForGates())
void tried('channels', lookForChannels())
await tried('cameras', lookForCameras())
underParent({ ready: true }, async () => {
  stopFramed()
  doors?.stop()
  await Promise.all([sim?.stop(), stopBuses(), cameras?.stop(), gates?.stop(), ...channels.map((c) => c.stop())])
})
