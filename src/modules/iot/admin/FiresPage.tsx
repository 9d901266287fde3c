// 消防火警: what the transmission devices reported; what is open stands first.
import type { Column } from '../../../ui/columns.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import { instant } from '../../../ui/format.ts'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { usePlace } from '../../../ui/session.ts'
import { iot, type FireCaseRow } from '../contract.ts'
import { FIRE_TONE, said } from '../shown.ts'
import { words } from '../words.ts'

const REFRESH_MS = 3000
const FILTERS: readonly Filter[] = [{ kind: 'check', name: 'open', label: '只看未结束' }]
const COLUMNS: readonly Column<FireCaseRow>[] = [
  { key: 'first_part', title: '首个部件', width: 280, always: true }, { key: 'state', title: '状态', width: 90, show: (r) => <StateTag value={r.state} words={words.states?.['fire']} tones={FIRE_TONE} /> }, { key: 'begun_at', title: '首个火警', width: 155, show: (r) => instant(r.begun_at, { seconds: true }) }, { key: 'part_count', title: '报警部件', width: 90 },
  { key: 'confirmed_why', title: '确认依据', width: 180 }, { key: 'verdict', title: '结论', width: 90, show: (r) => said('verdict', r.verdict) || '—' }, { key: 'note', title: '处置情况', width: 220 }, { key: 'device_name', title: '传输装置', width: 150 }, { key: 'community_name', title: '小区', width: 100 },
]
export default function FiresPage() {
  const { place_id } = usePlace()
  const list = useList(iot.fires, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: REFRESH_MS })
  return <ListPage {...list} title="消防火警" name="iot.fires" columns={COLUMNS} row_key="fire_id" href={(r) => `/iot/fires/${r.fire_id}`} empty={{ text: '没有火警。消防主机经用户信息传输装置(GB/T 26875.3)接入,在「设备监控」登记' }} />
}
