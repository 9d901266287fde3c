// A lot on a phone: whoever asks for a camera's push address is brought to it.
import { beforeAll, expect, test } from 'vitest'
import { parking } from '../../src/modules/parking/contract.ts'
import { stage, type Stage } from './stage.ts'

let s: Stage
let lot_id = ''
beforeAll(async () => {
  s = await stage({ at: '2026-06-15T02:00:00.000Z' })
  const admin = s.t.as('admin')
  ;({ lot_id } = await admin(parking.saveLot, { building_id: s.w.buildings['P1']!, name: '地库', belongs_to: 'public_income', retired: false }))
  for (const direction of ['in', 'out'] as const) {
    const { lane_id } = await admin(parking.saveLane, { lot_id, name: direction === 'in' ? '入口' : '出口', direction, zone_id: null, fail_mode: 'closed', retired: false })
    await admin(parking.saveCamera, { lane_id, name: '主相机', direction, dialect: 'vzenith', serial_no: null, retired: false })
  }
}, 240_000)
test('the push address is in sight, and the page stands', async () => {
  const page = await s.window({ width: 390, height: 844, token: s.t.tokens.get('admin')! })
  await page.goto(`${s.base}/admin/parking/lots/${lot_id}`)
  await page.getByRole('button', { name: '推送地址' }).first().click()
  const panel = page.getByRole('region', { name: '推送地址' })
  await panel.getByText('/gate/plate/').waitFor()
  await expect.poll(async () => { const box = (await panel.boundingBox())!; return box.y + box.height <= 844 || box.y <= 120 }).toBe(true)
  expect(await page.getByText('页面出错了').count()).toBe(0)
}, 120_000)
