// Cameras at lanes of car parks: what looks where, and the clip of a barrier that a person opened.
import { expect, test } from 'vitest'
import { expectRefused, testApp } from '../../../../tests/harness.ts'
import { park } from '../../../../tests/park_kit.ts'
import { tinyWorld } from '../../../../tests/tiny_world.ts'
import { asSystem } from '../../../kernel/worker.ts'
import { parking } from '../../parking/contract.ts'
import { openLane } from '../../parking/server/commands.ts'
import { video } from '../contract.ts'

test('a barrier that a person opens: the clip of the camera at its lane; one that the system opens keeps none; a lane elsewhere is not taken', async () => {
  const t = await testApp()
  const w = await tinyWorld(t)
  const admin = t.as('admin')
  const head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  const camera = (no: number, name: string, lane_id: string) => admin(video.saveCamera, { community_id: w.community_id, building_id: null, no, name, place: '车场', source: 'rtsp', main_url: null, sub_url: 'rtsp://127.0.0.1:5540/Streaming/Channels/102', playback_url: null, onvif_url: null, user: 'admin', password: 'a', has_ptz: false, looks_at: [{ kind: 'lane', subject_id: lane_id }], retired: false })
  const p = await park(t, { building_id: w.buildings['P1']!, name: '地库' })
  const { camera_id } = await camera(1, '地库口', p.lanes.out)
  expect((await admin(video.cameras, {})).rows.find((k) => k.camera_id === camera_id)!.looks_at).toEqual([{ kind: 'lane', subject_id: p.lanes.out, name: '东门出' }])
  expect((await head(video.camerasAt, { lane_id: p.lanes.out })).rows).toEqual([{ camera_id, name: '地库口' }])
  expect((await head(video.camerasAt, { lane_id: p.lanes.in })).rows).toEqual([])
  // For the booth: to whoever watches, within reach.
  expect((await head(video.laneCameras, { lane_id: p.lanes.out })).rows).toEqual([{ camera_id, name: '地库口' }])
  expect((await t.as('other_admin')(video.laneCameras, { lane_id: p.lanes.out })).rows).toEqual([])
  await expectRefused(t.as('visitor')(video.laneCameras, { lane_id: p.lanes.out }), 'kernel.forbidden')
  await expectRefused(camera(2, '别处', '00000000-0000-4000-8000-000000000009'), 'video.subject_elsewhere')
  await p.cam.out.beat()
  await admin(parking.openByHand, { lane_id: p.lanes.out, reason: '救护车' })
  await asSystem(t.app, t.company_id, 'parking.push', (s) => openLane(s, { lot_id: p.lot_id, lane_id: p.lanes.out, reason: '扫码缴清', by_name: '系统' }))
  await t.drain()
  expect((await head(video.clips, { camera_id })).rows).toMatchObject([{ why: 'passage', title: '人工开闸 东门出:救护车' }])
})
