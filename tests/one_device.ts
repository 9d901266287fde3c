// One device of the sample's garage product in the tiny world, its model changed as a test needs it.
import { iot, type Model } from '../src/modules/iot/contract.ts'
import type { TestApp } from './harness.ts'
import type { TinyWorld } from './tiny_world.ts'

export async function oneDevice(t: TestApp, w: TinyWorld, o: { no: string; name: string; place: string; model: (m: Model) => Partial<Model> }): Promise<{ device_id: string; secret: string | null; product_id: string }> {
  const foreman = t.as('foreman')
  await foreman(iot.loadProducts, {})
  const { product_id } = (await foreman(iot.products, {})).rows.find((p) => p.code === 'co_garage')!
  const p = await foreman(iot.product, { product_id })
  await foreman(iot.saveProduct, { product_id, code: p.code, name: p.name, category: p.category, link: p.link, model: { ...p.model, ...o.model(p.model) } })
  const device = await foreman(iot.saveDevice, { community_id: w.community_id, building_id: null, place: o.place, product_id, no: o.no, name: o.name, address: null, bus_id: null, gateway_id: null, equipment_id: null, meter_id: null, note: null })
  return { ...device, product_id }
}
