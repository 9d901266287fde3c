// 门禁卡: given out, reported lost, replaced, taken back; each row says on how many doors it is not yet so.
import { Button, Space } from 'antd'
import { useMemo, useState } from 'react'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormDrawer, FormModal } from '../../../ui/FormDrawer.tsx'
import { instant, yen } from '../../../ui/format.ts'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { HousePicker } from '../../people/admin/shared.tsx'
import { doors, type CardRow } from '../contract.ts'
import { reachedText } from '../shown.ts'
import { words } from '../words.ts'
import { PersonPicker, ReachedNote, StaffPicker, untilReached } from './parts.tsx'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '姓名、房号、完整卡号' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['card']) }, { kind: 'check', name: 'left', label: '只看未生效' }]
type Open = { what: 'new' } | { what: 'lose' | 'end' | 'reissue'; row: CardRow }
export default function CardsPage() {
  const { place_id } = usePlace()
  const may = useMay()
  const writes = may('doors.card.write')
  const list = useList(doors.cards, { filters: FILTERS, fixed: place_id ? { community_id: place_id } : {}, refresh_ms: (d) => untilReached(d && (d.left_doors > 0 || d.rows.some((r) => r.left_doors > 0))) })
  const lose = useWrite(doors.loseCard, { in_form: true, done: (a) => `已挂失;${reachedText(a.reached)}` })
  const end = useWrite(doors.endCard, { in_form: true, done: (a) => `已注销;${reachedText(a.reached)}` })
  const [open, setOpen] = useState<Open>()
  const close = (): void => { setOpen(undefined); lose.reset(); end.reset() }
  const columns = useMemo((): readonly Column<CardRow>[] => [
    { key: 'holder_name', title: '持有人', width: 110, always: true, show: (r) => `${r.holder_name}${r.holder_kind === 'staff' ? '(员工)' : r.holder_kind === 'helper' ? '(编外)' : ''}` }, { key: 'house_label', title: '房号', width: 95, show: (r) => r.house_label ?? '—' }, { key: 'card_no', title: '卡号', width: 120 }, { key: 'state', title: '状态', width: 85, show: (r) => <StateTag value={r.state} words={words.states!['card']} tones={{ live: 'good', lost: 'bad' }} /> },
    { key: 'reached', title: '生效情况', width: 210, show: (r) => (r.left_doors > 0 ? <span className="hy-red">{reachedText(r)}</span> : r.state === 'live' ? (r.door_count === 0 ? <span className="hy-red">没有可开的门,请授权</span> : `${r.door_count} 扇门已生效`) : '所有门已停用') },
    { key: 'to_on', title: '有效期', width: 190, show: (r) => `${r.from_on} 至 ${r.to_on ?? '长期'}` }, { key: 'issued_at', title: '发卡', width: 190, show: (r) => `${instant(r.issued_at).slice(0, 16)} ${r.issued_by}` }, { key: 'ended_at', title: '挂失注销', width: 190, hidden: true, show: (r) => (r.ended_at ? `${instant(r.ended_at).slice(0, 16)} ${r.ended_by ?? ''}` : '') }, { key: 'reason', title: '备注', width: 160, hidden: true }, { key: 'community_name', title: '小区', width: 100, hidden: true },
    ...(writes ? [{ key: 'act', title: '操作', width: 170, show: (r: CardRow) => (r.state === 'ended' || r.state === 'replaced' ? '' : <Space size={4}>{r.state === 'live' ? <CanButton size="small" danger can={r.can.lose} words={words} onClick={() => setOpen({ what: 'lose', row: r })}>挂失</CanButton> : null}<CanButton size="small" can={r.can.reissue} words={words} onClick={() => setOpen({ what: 'reissue', row: r })}>补换</CanButton>{r.state === 'live' ? <CanButton size="small" can={r.can.end} words={words} onClick={() => setOpen({ what: 'end', row: r })}>注销</CanButton> : null}</Space>) }] : []),
  ], [writes])
  return (
    <>
      <ListPage {...list} title="门禁卡" name="doors.cards" columns={columns} row_key="card_id" excel={may('doors.card.export') ? doors.cardsExcel : undefined} note={list.data && list.data.left_doors > 0 ? <ReachedNote where reached={{ ...list.data, deny_left_doors: 0 }} /> : undefined} empty={{ text: '还没有发过卡' }} actions={writes ? <Button type="primary" onClick={() => setOpen({ what: 'new' })}>发卡</Button> : null} />
      {open?.what === 'new' ? <Issue close={close} /> : null}
      {open?.what === 'reissue' ? <Reissue row={open.row} fee_fen={list.data?.card_fee_fen ?? 0} close={close} /> : null}
      {open?.what === 'lose' ? <ReasonModal open danger title={`挂失 ${open.row.holder_name} 的卡 ${open.row.card_no}`} suggestions={['本人报失', '卡被盗']} loading={lose.running} submitError={lose.error} onClose={close} onConfirm={async (reason) => { if (await lose.run({ card_id: open.row.card_id, reason })) close() }} /> : null}
      {open?.what === 'end' ? <ReasonModal open danger title={`注销 ${open.row.holder_name} 的卡 ${open.row.card_no}`} suggestions={['退卡', '搬离', '离职']} loading={end.running} submitError={end.error} onClose={close} onConfirm={async (reason) => { if (await end.run({ card_id: open.row.card_id, reason })) close() }} /> : null}
    </>
  )
}
function Issue({ close }: { close: () => void }) {
  const { place_id, places } = usePlace()
  const issue = useWrite(doors.issueCard, { in_form: true, done: (a) => `已发卡;${reachedText(a.reached)}` })
  const [staff, setStaff] = useState(false)
  return (
    <FormDrawer
      key={String(staff)} open onClose={close} title="发卡" submit="发卡" call={doors.issueCard} loading={issue.running} submitError={issue.error}
      note={<Space><Button size="small" type={staff ? 'default' : 'primary'} onClick={() => setStaff(false)}>给住户</Button><Button size="small" type={staff ? 'primary' : 'default'} onClick={() => setStaff(true)}>给员工</Button></Space>}
      fields={[{ name: 'community_id', kind: 'select', options: places.map((p) => ({ value: p.id, label: p.name })) }, ...(staff ? [{ name: 'account_id' as const, control: (c: Parameters<typeof StaffPicker>[0]) => <StaffPicker {...c} /> }] : [{ name: 'person_id' as const, control: (c: Parameters<typeof PersonPicker>[0]) => <PersonPicker {...c} /> }, { name: 'house_id' as const, help: '补换时工本费记在这套房产', control: (c: Parameters<typeof HousePicker>[0]) => <HousePicker {...c} /> }]), { name: 'card_no', help: '放在读卡器上或照卡面输入' }, { name: 'to_on', help: '不填为长期' }, 'reason']}
      initial={{ community_id: place_id ?? places[0]?.id ?? '', card_no: '', to_on: null, reason: null }} onSubmit={async (i) => { if (await issue.run(i)) close() }}
    />
  )
}
function Reissue({ row, fee_fen, close }: { row: CardRow; fee_fen: number; close: () => void }) {
  const reissue = useWrite(doors.reissueCard, { in_form: true, done: (a) => `已补换${a.amount_fen > 0 ? `,工本费 ${yen(a.amount_fen)} 已出账` : ''};${reachedText(a.reached)}`, invalidates: 'all' })
  return <FormModal open onClose={close} title={`补换 ${row.holder_name} 的卡`} submit="补换" call={doors.reissueCard} loading={reissue.running} submitError={reissue.error} fixed={{ card_id: row.card_id }} fields={['card_no', { name: 'free', help: !row.house_label ? '这张卡没有房产,不收工本费' : fee_fen > 0 ? `选「否」时工本费 ${yen(fee_fen)} 出账到 ${row.house_label}` : '现行规则不收工本费' }, 'reason']} initial={{ card_no: '', free: false, reason: '' }} onSubmit={async (i) => { if (await reissue.run(i)) close() }} />
}
