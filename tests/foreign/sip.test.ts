// sipp at the door of GB/T 28181: a device of another hand registers by the challenge, and one that does not know the password stays outside.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { video } from '../../src/modules/video/contract.ts'
import { startMedia, type Media } from '../../src/modules/video/server/index.ts'
import { freePort } from '../free_port.ts'
import { testApp, type TestApp } from '../harness.ts'
import { tinyWorld } from '../tiny_world.ts'
import { installed, ran } from './programs.ts'

const SERVER = '34020000002000000001'
const CODE = '34020000001180000001'
const PASSWORD = 'Sim-28181'
const register = (password: string): string => {
  const ask = (auth: string, seq: number) => `<send><![CDATA[
REGISTER sip:${SERVER}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];rport;branch=[branch]
From: <sip:${CODE}@3402000000>;tag=[call_number]
To: <sip:${CODE}@3402000000>
Call-ID: [call_id]
CSeq: ${seq} REGISTER
Contact: <sip:${CODE}@[local_ip]:[local_port]>
Max-Forwards: 70
Expires: 3600
${auth}Content-Length: 0

]]></send>`
  return `<?xml version="1.0" encoding="UTF-8"?><scenario name="register">${ask('', 1)}<recv response="401" auth="true"/>${ask(`[authentication username=${CODE} password=${password}]\n`, 2)}<recv response="200"/></scenario>`
}
describe.skipIf(!installed('sipp'))('sipp', () => {
  let t: TestApp
  let media: Media
  let gb_device_id = ''
  const dir = mkdtempSync(join(tmpdir(), 'heyuan-sipp-'))
  const asked = async (password: string, transport: 'u1' | 't1') => {
    const file = join(dir, 'register.xml')
    writeFileSync(file, register(password))
    return ran('sipp', ['-sf', file, '-m', '1', '-i', '127.0.0.1', '-p', String(await freePort()), '-t', transport, '-timeout', '20s', '-timeout_error', '-nostdin', `127.0.0.1:${media.platform.sip_port}`])
  }
  const online = async (): Promise<boolean | null> => { await media.platform.sweep(); return (await t.as('admin')(video.gbDevices, {})).rows.find((r) => r.gb_device_id === gb_device_id)!.online }

  beforeAll(async () => {
    t = await testApp()
    const w = await tinyWorld(t)
    await t.as('admin')(video.saveGbSetting, { server_code: SERVER, host: '127.0.0.1' })
    media = await startMedia(t.app, { port: 0, clock: false, gb: { bind: '127.0.0.1', port: 0, media_ports: [42_000, 47_998] }, onLost: () => {} })
    gb_device_id = (await t.as('admin')(video.saveGbDevice, { community_id: w.community_id, code: CODE, name: '录像机', password: PASSWORD, media: 'udp', keep_s: 60, alarms: false, retired: false })).gb_device_id
    for (let n = 0; n < 150 && media.platform.devices.size === 0; n++) await new Promise((go) => setTimeout(go, 100))
  }, 120_000)
  afterAll(async () => {
    await media?.stop()
    rmSync(dir, { recursive: true, force: true })
  })
  it.each(['u1', 't1'] as const)('stays outside with a wrong password, and registers with its own (%s)', async (transport) => {
    expect((await asked('wrong', transport)).code).not.toBe(0)
    if (transport === 'u1') expect(await online()).not.toBe(true)
    expect(await asked(PASSWORD, transport)).toMatchObject({ code: 0 })
    expect(await online()).toBe(true)
  }, 120_000)
})
