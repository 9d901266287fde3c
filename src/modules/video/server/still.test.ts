// A still for a rule (IOT-06): the key picture of the moment, of cameras at their wire.
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectRefused, testApp, type Caller, type TestApp } from '../../../../tests/harness.ts'
import { tinyWorld, type TinyWorld } from '../../../../tests/tiny_world.ts'
import { RtspCamera } from '../../../world/outside/camera_sim/rtsp_server.ts'
import { video } from '../contract.ts'
import { startMedia, type Media } from './index.ts'
import { keepForRule } from './linkage.ts'
import { clipPath } from './paths.ts'

const PASSWORD = 'p1'
let t: TestApp
let w: TinyWorld
let admin: Caller
let head: Caller
let elsewhere: Caller
let media: Media
let cam: RtspCamera
let no = 0
async function camera(name: string, password = PASSWORD): Promise<string> {
  const { camera_id } = await admin(video.saveCamera, { community_id: w.community_id, building_id: null, no: ++no, name, place: '门口', source: 'rtsp', main_url: null, sub_url: `rtsp://127.0.0.1:${cam.port}/Streaming/Channels/102`, playback_url: null, onvif_url: null, user: 'admin', password, has_ptz: false, looks_at: [], retired: false })
  await media.reload()
  return camera_id
}
const until = (what: () => unknown | Promise<unknown>): Promise<void> => expect.poll(async () => Boolean(await what()), { timeout: 25_000, interval: 25 }).toBe(true)

beforeAll(async () => {
  t = await testApp()
  w = await tinyWorld(t)
  admin = t.as('admin')
  head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  elsewhere = await t.hire('guard_head', { scope_kind: 'community', scope_ids: ['00000000-0000-4000-8000-000000000000'] })
  media = await startMedia(t.app, { port: 0, clock: false, limits: { linger_ms: 300, again_ms: [100, 200, 400] }, onLost: () => {} })
  cam = await new RtspCamera({ no: 7, user: 'admin', password: PASSWORD }, Date.now).listen()
}, 120_000)
afterAll(async () => {
  await media?.stop()
  await cam?.close()
})

test('a still is the key picture of the moment: from what is seen, or of a camera connected for it; a dead camera says what is wrong', async () => {
  const [seen, idle, dead] = [await camera('快照甲'), await camera('快照乙'), await camera('快照丙', 'wrong')]
  const live = media.registry.live(media.registry.of(t.company_id, seen)!, 'sub')
  const looker = { onHead() {}, onPiece() {}, onFault() {} }
  live.add(looker)
  await until(() => media.registry.livesOf(t.company_id, seen).some((l) => l.recent(0, Infinity).some((x) => x.sample.key)))
  const fire_id = '01900000-0000-7000-8000-00000000000a'
  const alarm_id = '01900000-0000-7000-8000-00000000000b'
  const at = new Date().toISOString()
  const event = { kind: 'still', fire_id, act_no: 2, alarm_id, community_id: w.community_id, device_id: '01900000-0000-7000-8000-000000000003', camera_ids: [seen, idle, dead], before_s: 0, after_s: 0, title: '水浸 开门', at }
  await t.inside((s) => keepForRule(s, event))
  await t.inside((s) => keepForRule(s, event))
  await t.inside((s) => keepForRule(s, { ...event, kind: 'clip', act_no: 3, camera_ids: [seen], after_s: 5 }))
  const mine = async (kind: string) => (await head(video.clips, { alarm_id })).rows.filter((r) => r.kind === kind)
  expect([(await mine('still')).length, (await mine('clip')).length]).toEqual([3, 1])
  await until(async () => { await media.clips.round(); return (await mine('still')).every((r) => r.state !== 'waiting') })
  const of = new Map((await mine('still')).map((r) => [r.camera_id, r]))
  expect([of.get(seen), of.get(idle), of.get(dead)]).toMatchObject([{ state: 'kept', kind: 'still' }, { state: 'kept' }, { state: 'failed', fault: 'wrong_password' }])
  expect(Date.parse(of.get(seen)!.from_at)).toBeLessThanOrEqual(Date.parse(at))
  expect(Date.parse(of.get(idle)!.from_at)).toBeGreaterThan(Date.parse(at))
  const file = readFileSync(clipPath(t.data_dir, t.company_id, of.get(seen)!.clip_id, 'still'))
  const stsz = file.indexOf('stsz')
  // One sample, and it needs no other.
  expect([file.readUInt32BE(stsz + 12), file.indexOf('stss') > 0]).toEqual([1, true])
  const open = await head(video.watchClip, { clip_id: of.get(seen)!.clip_id })
  expect([open.kind, open.name.endsWith('.jpg'), (await fetch(`http://127.0.0.1:${media.door.port}${open.path}`)).headers.get('content-type')]).toEqual(['still', true, 'video/mp4'])
  expect((await head(video.views, { q: '快照甲' })).rows.some((v) => v.clip_title === '水浸 开门')).toBe(true)
  await expectRefused(elsewhere(video.watchClip, { clip_id: of.get(seen)!.clip_id }), 'kernel.not_found')
  const audit = await t.inside((s) => sql<{ n: number }>`select count(*)::int as n from kernel.audit where company_id = ${s.company_id} and call = 'video.clip_made' and subject_id = ${of.get(seen)!.clip_id}`.execute(s.db))
  expect(audit.rows[0]!.n).toBe(1)
  live.remove(looker)
}, 60_000)
