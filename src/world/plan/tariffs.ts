// Tariffs (价目) of the sample: water by yearly tiers with more for large households, heating with a basic part, height and stopping, and the
// car park's hours. The prices are invented; the shapes are those of docs/tariffs.md.
import type { CommunityKey } from './shapes.ts'

export interface PlanTariff {
  community: CommunityKey
  key: 'water' | 'heat' | 'parking'
  name: string
  meter_kind: 'water' | null
  basis: string
  spec: Record<string, unknown>
}
export const tariffs: readonly PlanTariff[] = [
  {
    community: 'garden', key: 'water', name: '居民自来水价', meter_kind: 'water', basis: '县发改局水价文件(到户价,含污水处理费;年度阶梯)',
    spec: { shape: 'metered', unit: '吨', cycle: 'year', tiers: [{ to: '144', price: '3.85' }, { to: '204', price: '5.00' }, { price: '8.45' }] },
  },
  {
    community: 'heshun', key: 'heat', name: '居民供热价', meter_kind: null, basis: '供热合同(停暖收基础热费三成;层高超 3 米逐档加收)',
    spec: {
      shape: 'charge', by: 'heated_area_m2', per: 'season', season: { from: '11-15', to: '03-15' }, prices: [{ when: { house_kind: 'shop' }, price: '27.00' }, { when: { house_kind: 'storage' }, price: '9.90' }, { price: '19.80' }],
      stop: { percent: '30', when: { status: 'stopped' } }, height: { over: '3.0', step: '0.1', percent: '3', method: 'stepped', partial: 'up' },
    },
  },
  {
    community: 'garden', key: 'parking', name: '地面临时停车', meter_kind: null, basis: '业主大会关于临时停车收费的决议(收入归业主共有)',
    spec: {
      shape: 'parking', free: { minutes: 30, rule: 'lost' }, first: { minutes: 120, price: '3' }, unit_minutes: 60, unit_price: '1', caps: [{ per: '24h', amount: '15' }],
      classes: [{ vehicle: 'large', name: '大型车', times: '2' }], exit_grace_minutes: 15,
    },
  },
]
export const TARIFFS_FROM = '2023-01-01'
