import { useMemo } from 'react'
import { addDays, addMonths, today } from '../../../kernel/clock.ts'
import { useSearchState } from '../../../ui/address.tsx'
import { useWrite, type Out } from '../../../ui/api.ts'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { money } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { PlaceButton } from '../../../ui/PlaceButton.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { closing } from '../contract.ts'
import { words } from '../words.ts'

type Row = Out<typeof closing.days.gives>['rows'][number]
const FILTERS: readonly Filter[] = [{ kind: 'days', names: ['from_on', 'to_on'], label: '业务日' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states?.['day']) }]
const COLUMNS: readonly Column<Row & { key: string }>[] = [
  { key: 'business_day', title: '业务日', width: 120, always: true },
  { key: 'community_name', title: '小区', width: 140 },
  { key: 'payment_count', title: '收款笔数', width: 100 },
  { key: 'received_fen', title: '实收', width: 130 },
  { key: 'reversal_count', title: '冲销笔数', width: 100 },
  { key: 'reversed_fen', title: '冲销', width: 120 },
  { key: 'cash_fen', title: '现金净收', width: 130 },
  { key: 'state', title: '状态', width: 100, show: (r) => <StateTag value={r.closed_at ? 'closed' : 'open'} words={words.states?.['day']} tones={{ closed: 'good', open: 'warn' }} /> },
  { key: 'closed_by_name', title: '日结人', width: 110 },
  { key: 'closed_at', title: '日结时间', width: 150 },
]

export default function DaysPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const [search] = useSearchState()
  const month = today().slice(0, 7)
  const from_on = search['from_on'] ?? `${addMonths(month, -1)}-01`
  const to_on = search['to_on'] ?? today()
  const fixed = useMemo(() => ({ from_on, to_on, ...(place_id ? { community_id: place_id } : {}) }), [from_on, to_on, place_id])
  const list = useList(closing.days, { filters: FILTERS, fixed })
  const all = useWrite(closing.closeDays, { done: (a) => `已日结 ${a.closed_count} 天${a.left_count ? `,${a.left_count} 天还有问题` : ''}` })
  const yesterday = addDays(today(), -1)
  const closeAll = async (place: { id: string; name: string }) => {
    if (await confirm({ title: `日结 ${place.name} 到 ${yesterday} 的全部日子?`, content: '数字定格,不再改变。' })) await all.run({ community_id: place.id, to_day: yesterday })
  }
  const data = list.data ? { ...list.data, rows: list.data.rows.map((r) => ({ ...r, key: `${r.community_id} ${r.business_day}` })) } : undefined
  return (
    <ListPage
      {...list} data={data} title="小区日结" name="closing.days" columns={COLUMNS} row_key="key" href={(r) => `/closing/days/${r.business_day}?community_id=${r.community_id}`}
      excel={may('closing.day.export') ? closing.daysExcel : undefined} totals={(d) => ({ received_fen: money(d.received_fen_sum), reversed_fen: money(d.reversed_fen_sum), state: d.open_count ? `${d.open_count} 天未结` : '' })}
      actions={may('closing.day.close') ? <PlaceButton type="primary" loading={all.running} onPlace={(p) => void closeAll(p)}>结清到昨天</PlaceButton> : null}
      empty={{ text: '这段时间没有收款' }}
    />
  )
}
