// Mosquitto's clients at our own door, and its broker as an outside one: what installers have at hand must work as docs/open/devices.md says.
import { spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { iot } from '../../src/modules/iot/contract.ts'
import { issue, makeAuthority } from '../../src/cli/certificates.ts'
import { startGateway, type Gateway } from '../../src/modules/iot/server/gateway/index.ts'
import { TLS_FILES } from '../../src/modules/iot/server/gateway/tls.ts'
import { freePort } from '../free_port.ts'
import { testApp, type TestApp } from '../harness.ts'
import { tinyWorld, type TinyWorld } from '../tiny_world.ts'
import { installed, ran, served, type Ran } from './programs.ts'

describe.skipIf(!installed('mosquitto_pub') || !installed('mosquitto_sub'))('mosquitto', () => {
  let t: TestApp
  let w: TinyWorld
  let g: Gateway
  const products = new Map<string, string>()
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-mosquitto-'))
  const device = async (no: string, broker_id: string | null, code = 'co_garage'): Promise<{ device_id: string; secret: string }> => {
    const made = await t.as('admin')(iot.saveDevice, { community_id: w.community_id, building_id: null, place: '车库', product_id: products.get(code)!, no, name: no, address: null, bus_id: null, gateway_id: null, broker_id, equipment_id: null, meter_id: null, note: null })
    return { device_id: made.device_id, secret: made.secret! }
  }
  const values = (device_id: string): Promise<number[]> => t.inside(async (s) => (await sql<{ v: number }>`select v::float8 as v from iot.sample where company_id = ${s.company_id} and device_id = ${device_id} and point = 'co' order by at`.execute(s.db)).rows.map((r) => r.v))
  const told = (d: { device_id: string; secret: string }, o: { topic?: string; co: number; port?: number; as?: string[]; id?: string }): Promise<Ran> =>
    ran('mosquitto_pub', ['-V', 'mqttv311', '-h', '127.0.0.1', '-p', String(o.port ?? g.mqtt.port), '-i', o.id ?? d.device_id, ...(o.as ?? ['-u', d.device_id, '-P', d.secret]), '-q', '1', '-t', o.topic ?? `v1/${d.device_id}/telemetry`, '-m', JSON.stringify({ ts: Date.now(), co: o.co })])

  beforeAll(async () => {
    t = await testApp()
    w = await tinyWorld(t)
    await t.as('admin')(iot.loadProducts, {})
    for (const p of (await t.as('admin')(iot.products, {})).rows) products.set(p.code, p.product_id)
    g = await startGateway(t.app, { mqtt_port: 0, http_port: 0, tls: { mqtt_port: 0, http_port: 0, cert_path: join(dir, TLS_FILES.cert), key_path: join(dir, TLS_FILES.key) }, clock: false, onLost: () => {} })
  }, 120_000)
  afterAll(async () => {
    await g?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  it('publishes with a device’s own secret, and what is acknowledged is stored; a wrong one and a foreign topic are not', async () => {
    const [d, other] = [await device('MQ-1', null), await device('MQ-2', null)]
    await g.reload()
    expect(await told(d, { co: 7 })).toMatchObject({ code: 0 })
    expect(await values(d.device_id)).toEqual([7])
    expect((await told({ ...d, secret: 'wrong-wrong-wrong' }, { co: 8 })).code).not.toBe(0)
    expect((await told(d, { co: 9, topic: `v1/${other.device_id}/telemetry` })).code).not.toBe(0)
    expect([await values(d.device_id), await values(other.device_id)]).toEqual([[7], []])
  })
  it('over TLS: trusts our own authority and stores; without it, or with another, nothing gets through', async () => {
    const d = await device('MQ-6', null)
    await g.reload()
    const [ours, others] = [await makeAuthority('ours', Date.now()), await makeAuthority('others', Date.now())]
    const pair = await issue(ours, ['127.0.0.1', 'localhost'], Date.now(), 30)
    for (const [file, text] of [['ca.crt', ours.cert], ['others.crt', others.cert], [TLS_FILES.key, pair.key], [TLS_FILES.cert, pair.cert]] as const) writeFileSync(join(dir, file), text)
    await g.tick()
    const over = (co: number, more: string[], port = g.tls!.ports.mqtts!) => ran('mosquitto_pub', ['-V', 'mqttv311', '-h', '127.0.0.1', '-p', String(port), ...more, '-i', d.device_id, '-u', d.device_id, '-P', d.secret, '-q', '1', '-t', `v1/${d.device_id}/telemetry`, '-m', JSON.stringify({ ts: Date.now(), co })])
    expect(await over(21, ['--cafile', join(dir, 'ca.crt')])).toMatchObject({ code: 0 })
    expect((await over(22, ['--cafile', join(dir, 'others.crt')])).code).not.toBe(0)
    expect((await over(23, [])).code).not.toBe(0)
    expect((await over(24, ['--cafile', join(dir, 'ca.crt'), '--tls-version', 'tlsv1.3'])).code).toBe(0)
    expect(await values(d.device_id)).toEqual([21, 24])
  })
  it('sees its own commands and nobody else’s', async () => {
    const [d, other] = [await device('MQ-3', null, 'street_lamp'), await device('MQ-4', null, 'street_lamp')]
    await g.reload()
    const sub = (topic: string) => ran('mosquitto_sub', ['-V', 'mqttv311', '-h', '127.0.0.1', '-p', String(g.mqtt.port), '-i', d.device_id, '-u', d.device_id, '-P', d.secret, '-q', '1', '-C', '1', '-W', '20', '-t', topic])
    expect((await sub(`v1/${other.device_id}/cmd/+`)).out).not.toContain('command')
    const heard = sub(`v1/${d.device_id}/cmd/+`)
    await expect.poll(async () => { await g.tick(); return (await t.as('admin')(iot.devices, { q: 'MQ-3' })).rows[0]!.state }, { timeout: 15_000 }).toBe('running')
    await t.as('admin')(iot.sendCommand, { device_id: d.device_id, command: 'turn_on' })
    expect(JSON.parse((await heard).out)).toMatchObject({ command: 'turn_on' })
  }, 60_000)
  it.skipIf(!installed('mosquitto') || !installed('mosquitto_passwd'))('as an outside broker: its devices are heard, strangers are not, and it may go and come back', async () => {
    const port = await freePort()
    const [passwords, config] = [join(dir, 'passwords'), join(dir, 'mosquitto.conf')]
    for (const [user, word] of [['heyuan', 'right'], ['sensors', 'dev-pass']]) spawnSync('mosquitto_passwd', ['-b', ...(user === 'heyuan' ? ['-c'] : []), passwords, user!, word!])
    // As root it would give up its rights and could not read a file of ours.
    writeFileSync(config, `listener ${port} 127.0.0.1\nallow_anonymous false\npassword_file ${passwords}\npersistence false\nuser root\n`)
    let broker: ChildProcess = await served('mosquitto', ['-c', config], port)
    try {
      const { broker_id } = await t.as('admin')(iot.saveBroker, { name: 'Mosquitto', host: '127.0.0.1', port, tls: false, username: 'heyuan', prefix: 'park', password: 'right' })
      const d = await device('MQ-5', broker_id)
      await g.reload()
      const open = () => expect.poll(async () => { await g.tick(); return (await t.as('admin')(iot.channels, {})).brokers.find((b) => b.broker_id === broker_id)!.line }, { timeout: 30_000 }).toBe('open')
      await open()
      const publish = (co: number) => told(d, { co, port, id: 'sensor-box', as: ['-u', 'sensors', '-P', 'dev-pass'], topic: `park/v1/${d.device_id}/telemetry` })
      expect(await publish(11)).toMatchObject({ code: 0 })
      await expect.poll(() => values(d.device_id), { timeout: 20_000 }).toEqual([11])
      broker.kill('SIGKILL')
      await new Promise((gone) => broker.once('exit', gone))
      broker = await served('mosquitto', ['-c', config], port)
      await open()
      expect(await publish(12)).toMatchObject({ code: 0 })
      await expect.poll(() => values(d.device_id), { timeout: 20_000 }).toEqual([11, 12])
    } finally {
      broker.kill('SIGKILL')
    }
  }, 90_000)
})
