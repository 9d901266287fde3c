// 企业报送: what companies give to this authority; tied to the register, or sent back.
import { Modal, Radio } from 'antd'
import { useMemo, useState } from 'react'
import { Go } from '../../../ui/address.tsx'
import { useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag, reasonOf } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { optionsOf, useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { SearchSelect } from '../../../ui/SearchSelect.tsx'
import { useMay } from '../../../ui/session.ts'
import { supervision, type Incoming, type PlaceRow } from '../contract.ts'
import { words } from '../words.ts'
import { FactList, ReportedFacts } from './ReportsTable.tsx'

const stateOf = (r: Incoming): string => (r.ended ? 'ended' : r.place_id ? 'adopted' : 'waiting')
export default function IncomingPage() {
  const writes = useMay()('supervision.register.write')
  const filters = useMemo((): readonly Filter[] => [{ kind: 'text', name: 'q', label: '关键词', placeholder: '公司、小区' }, { kind: 'select', name: 'state', label: '状态', options: optionsOf(words.states!['link']) }], [])
  const list = useList(supervision.incoming, { filters })
  const refuse = useWrite(supervision.refuseLink, { in_form: true, done: '已退回' })
  const [open, setOpen] = useState<{ what: 'adopt' | 'refuse' | 'see'; row: Incoming }>()
  const close = (): void => { setOpen(undefined); refuse.reset() }
  const columns: readonly Column<Incoming>[] = [
    { key: 'community_name', title: '小区', width: 110, always: true }, { key: 'company_name', title: '物业公司', width: 215 }, { key: 'district_name', title: '报送辖区', width: 125 }, { key: 'state', title: '状态', width: 80, show: (r) => <StateTag value={stateOf(r)} words={words.states!['link']} tones={{ waiting: 'warn', adopted: 'good' }} /> }, { key: 'report_count', title: '报送次数', width: 85 }, { key: 'last', title: '最近报送', width: 100, show: (r) => r.last?.sent_on ?? '—' }, { key: 'place_name', title: '对应小区', width: 115, show: (r) => (r.place_id ? <Go to={`/supervision/places/${r.place_id}`}>{r.place_name}</Go> : '') }, { key: 'joined_at', title: '加入时间', width: 150, hidden: true }, { key: 'ended', title: '停止原因', width: 110 },
    { key: 'act', title: '操作', width: 190, show: (r) => <span className="hy-line">{r.last ? <CanButton size="small" can words={words} onClick={() => setOpen({ what: 'see', row: r })}>查看</CanButton> : null}{writes && r.ended === null ? <><CanButton size="small" {...(r.can.adopt === true ? { type: 'primary' as const } : {})} can={r.can.adopt} words={words} onClick={() => setOpen({ what: 'adopt', row: r })}>对应</CanButton><CanButton size="small" can={r.can.refuse} words={words} onClick={() => setOpen({ what: 'refuse', row: r })}>退回</CanButton></> : null}</span> },
  ]
  return (
    <>
      <ListPage {...list} title="企业报送" name="supervision.incoming" columns={columns} row_key="link_id" empty={{ text: '没有符合条件的报送', next: <Go to="/supervision/setup?tab=invites">生成邀请码</Go> }} />
      {open?.what === 'see' && open.row.last ? <Modal open footer={null} width={860} title={`${open.row.community_name} 第 ${open.row.last.report_no} 次报送`} onCancel={close}><div className="hy-stack"><ReportedFacts r={open.row.last} /><FactList facts={open.row.last.facts} /></div></Modal> : null}
      {open?.what === 'adopt' ? <AdoptModal row={open.row} close={close} /> : null}
      {open?.what === 'refuse' ? <ReasonModal open title={`退回 ${open.row.community_name} 的报送`} submit="退回" suggestions={['不在本辖区', '小区选错', '重复加入']} loading={refuse.running} submitError={refuse.error} onClose={close} onConfirm={async (reason) => { if (await refuse.run({ link_id: open.row.link_id, reason })) close() }} /> : null}
    </>
  )
}
function AdoptModal({ row, close }: { row: Incoming; close: () => void }) {
  const adopt = useWrite(supervision.adopt, { in_form: true, done: '已对应' })
  const [how, setHow] = useState<string>(row.suggestions[0]?.place_id ?? 'new')
  const [other, setOther] = useState<string>()
  return (
    <Modal open title={`对应 ${row.company_name}「${row.community_name}」的报送`} okText="对应" cancelText="取消" confirmLoading={adopt.running} okButtonProps={{ disabled: how === 'other' && !other }} onCancel={close} onOk={async () => { if (await adopt.run({ link_id: row.link_id, place_id: how === 'new' ? null : how === 'other' ? (other ?? null) : how })) close() }}>
      <div className="hy-stack">
        {adopt.error ? <p className="hy-red" role="alert">{adopt.error.message || reasonOf(adopt.error.code, words)}</p> : null}
        <Radio.Group aria-label="对应方式" value={how} onChange={(e) => setHow(String(e.target.value))} style={{ display: 'grid', gap: 8 }}>
          {row.suggestions.map((s) => <Radio key={s.place_id} value={s.place_id}>已登记的 {s.name}({s.district_path})</Radio>)}
          <Radio value="other">另选一个登记的小区</Radio>
          <Radio value="new">按报送在{row.district_name}新建登记</Radio>
        </Radio.Group>
        {how === 'other' ? <SearchSelect label="登记的小区" placeholder="按名称查找" call={supervision.places} input={{ reporting: false }} option={(p: PlaceRow) => ({ value: p.place_id, label: `${p.name}(${p.district_path})` })} value={other} onChange={(v) => setOther((v as string | null) ?? undefined)} /> : null}
      </div>
    </Modal>
  )
}
