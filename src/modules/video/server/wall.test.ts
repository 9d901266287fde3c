// Sixteen pictures for two who look: one connection a camera.
import { expect, test } from 'vitest'
import WebSocket from 'ws'
import { expectRefused, testApp } from '../../../../tests/harness.ts'
import { tinyWorld } from '../../../../tests/tiny_world.ts'
import { RtspCamera } from '../../../world/outside/camera_sim/rtsp_server.ts'
import { video } from '../contract.ts'
import { startMedia } from './index.ts'

const PASSWORD = 'p"w:d 1'
test('sixteen on a wall: one connection a camera, whoever else looks', async () => {
  const t = await testApp()
  const w = await tinyWorld(t)
  const admin = t.as('admin')
  const head = await t.hire('guard_head', { scope_kind: 'community', scope_ids: [w.community_id] })
  const media = await startMedia(t.app, { port: 0, clock: false, limits: { linger_ms: 300, again_ms: [100, 200, 400] }, onLost: () => {} })
  const many = await new RtspCamera({ no: 1, user: 'admin', password: PASSWORD, channels: 16 }, Date.now).listen()
  const sockets: WebSocket[] = []
  try {
    const ids: string[] = []
    for (let no = 1; no <= 16; no++) ids.push((await admin(video.saveCamera, { community_id: w.community_id, building_id: null, no, name: `墙 ${no}`, place: '门口', source: 'rtsp', main_url: null, sub_url: `rtsp://127.0.0.1:${many.port}/Streaming/Channels/${no}02`, playback_url: null, onvif_url: null, user: 'admin', password: PASSWORD, has_ptz: false, looks_at: [], retired: false })).camera_id)
    await media.reload()
    const walls = [await head(video.watch, { camera_ids: ids, stream: 'sub' }), await admin(video.watch, { camera_ids: ids, stream: 'sub' })]
    const pieces = walls.flatMap((x) => x.rows.map((r) => {
      const ws = new WebSocket(`ws://127.0.0.1:${media.door.port}/media/live`)
      const got: Buffer[] = []
      ws.on('open', () => ws.send(JSON.stringify({ t: 'start', token: r.token })))
      ws.on('message', (d: Buffer, binary) => void (binary && got.push(d)))
      sockets.push(ws)
      return got
    }))
    await expect.poll(() => pieces.every((p) => p.length > 2), { timeout: 30_000, interval: 50 }).toBe(true)
    expect([pieces.length, many.connections]).toEqual([32, 16])
    await expectRefused(head(video.watch, { camera_ids: [...ids, ids[0]!], stream: 'sub' }), 'kernel.invalid')
    for (const ws of sockets) ws.close()
    await expect.poll(() => many.open, { timeout: 15_000, interval: 50 }).toBe(0)
  } finally {
    for (const ws of sockets) ws.terminate()
    await many.close()
    await media.stop()
  }
}, 60_000)
