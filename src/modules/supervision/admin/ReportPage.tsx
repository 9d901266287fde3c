// 监管报送 (the company's side): joins by a code, sees exactly what would be sent, sends it, sees what was sent, stops.
import { Button, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { instant } from '../../../ui/format.ts'
import { ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay, usePlace } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { supervision, type LinkRow } from '../contract.ts'
import { words } from '../words.ts'
import { FactList, ReportedFacts, ReportsTable } from './ReportsTable.tsx'
import { said } from './tones.tsx'

type Open = { what: 'preview' | 'sent' | 'leave' | 'tender'; row: LinkRow } | { what: 'join' }
export default function ReportPage() {
  const { place_id } = usePlace()
  const sends = useMay()('supervision.report.send')
  const q = useRead(supervision.links, place_id ? { community_id: place_id } : {})
  const leave = useWrite(supervision.leave, { in_form: true, done: '已停止报送' })
  const declare = useWrite(supervision.declare, { in_form: true, done: '已填写,下次报送时带上' })
  const [open, setOpen] = useState<Open>()
  const close = (): void => { setOpen(undefined); leave.reset(); declare.reset() }
  const row = open && open.what !== 'join' ? open.row : undefined
  return (
    <ReadPage title="监管报送" loading={q.loading} error={q.error} retry={q.retry} actions={sends ? <Button type="primary" onClick={() => setOpen({ what: 'join' })}>加入报送</Button> : null}>
      <div className="hy-card hy-stack">
        <p className="hy-muted">只报送小区的登记数据和指标,不含住户个人信息;报送的内容只有本公司和收到的主管部门看得到。</p>
        <RowsTable<LinkRow> cards label="监管报送" rows={q.data?.rows ?? []} row_key="link_id" empty="还没有加入报送;向主管部门索取邀请码后在这里加入" columns={[
          { key: 'community_name', title: '小区', width: 110 }, { key: 'authority_name', title: '主管部门', width: 170 }, { key: 'district_name', title: '辖区', width: 120 }, { key: 'report_count', title: '报送次数', width: 80 }, { key: 'last_on', title: '最近报送', width: 105 }, { key: 'made_at', title: '加入时间', width: 140, show: (r) => instant(r.made_at) }, { key: 'ended', title: '停止', width: 110, show: (r) => r.ended ?? '' },
          { key: 'act', title: '操作', width: 300, show: (r) => <span className="hy-line" style={{ flexWrap: 'wrap' }}>{r.ended ? null : <Button size="small" type="primary" onClick={() => setOpen({ what: 'preview', row: r })}>{sends ? '预览并报送' : '预览'}</Button>}{sends && !r.ended ? <Button size="small" onClick={() => setOpen({ what: 'tender', row: r })}>填招投标</Button> : null}{r.report_count ? <Button size="small" onClick={() => setOpen({ what: 'sent', row: r })}>记录</Button> : null}{sends && !r.ended ? <CanButton size="small" can={r.can.leave} words={words} onClick={() => setOpen({ what: 'leave', row: r })}>停止</CanButton> : null}</span> },
        ]} />
      </div>
      {open?.what === 'join' ? <JoinModal close={close} /> : null}
      {open?.what === 'preview' ? <PreviewModal row={open.row} sends={sends} close={close} /> : null}
      {open?.what === 'sent' ? <SentModal row={open.row} close={close} /> : null}
      {row && open?.what === 'tender' ? <FormModal open onClose={close} title={`${row.community_name}:招投标情况`} submit="填写" call={supervision.declare} loading={declare.running} submitError={declare.error} fixed={{ community_id: row.community_id, code: 'tender' }} fields={['answer', { name: 'said', help: '如 中标通知书 2024-018,或 不足三个投标人经批准协议选聘' }]} words={{ answer: words.states!['answer']! }} initial={{ answer: 'yes' }} onSubmit={async (i) => { if (await declare.run(i)) close() }} /> : null}
      {row && open?.what === 'leave' ? <ReasonModal open title={`停止向 ${row.authority_name} 报送「${row.community_name}」`} submit="停止" suggestions={['合同终止', '加入有误']} loading={leave.running} submitError={leave.error} onClose={close} onConfirm={async (reason) => { if (await leave.run({ link_id: row.link_id, reason })) close() }} /> : null}
    </ReadPage>
  )
}
function JoinModal({ close }: { close: () => void }) {
  const { places, place_id } = usePlace()
  const [code, setCode] = useState('')
  const [asked, setAsked] = useState('')
  const [community_id, setCommunity] = useState<string | undefined>(place_id ?? (places.length === 1 ? places[0]!.id : undefined))
  const who = useRead(supervision.whoInvites, { code: asked }, { enabled: asked !== '' })
  const join = useWrite(supervision.join, { in_form: true, done: '已加入,请预览并报送' })
  const known = asked !== '' && asked === code.trim() ? who.data : undefined
  return (
    <Modal open title="加入监管报送" okText={known ? '加入' : '核对邀请码'} cancelText="取消" confirmLoading={join.running || who.fetching} okButtonProps={{ disabled: known ? !community_id : code.trim() === '' }} onCancel={close} onOk={async () => { if (!known) setAsked(code.trim()); else if (community_id && (await join.run({ code: asked, community_id }))) close() }}>
      <div className="hy-stack">
        {join.error ? <p className="hy-red" role="alert">{join.error.message}</p> : who.error && asked === code.trim() ? <p className="hy-red" role="alert">{who.error.message}</p> : null}
        <label className="hy-stack"><span>邀请码</span><Input aria-label="邀请码" value={code} maxLength={20} placeholder="主管部门给的 10 位邀请码" onChange={(e) => setCode(e.target.value)} /></label>
        {known ? (
          <>
            <p>{`${known.authority_name},${known.district_name}(${known.until_on} 前有效)`}</p>
            <label className="hy-stack"><span>报送哪个小区</span><Select aria-label="小区" value={community_id ?? null} placeholder="选择小区" options={places.map((p) => ({ value: p.id, label: p.name }))} onChange={(v: string) => setCommunity(v)} /></label>
          </>
        ) : <p className="hy-muted">先核对是哪个主管部门,再选小区加入。</p>}
      </div>
    </Modal>
  )
}
function PreviewModal({ row, sends, close }: { row: LinkRow; sends: boolean; close: () => void }) {
  const q = useRead(supervision.preview, { community_id: row.community_id })
  const send = useWrite(supervision.send, { in_form: true, done: (a) => `已报送(第 ${a.report_no} 次)` })
  return (
    <Modal open width={900} title={`将向 ${row.authority_name} 报送的全部内容`} okText="报送" cancelText="关闭" confirmLoading={send.running} {...(sends ? {} : { footer: null })} okButtonProps={{ disabled: !q.data }} onCancel={close} onOk={async () => { if (await send.run({ link_id: row.link_id })) close() }}>
      <div className="hy-stack">
        {send.error ? <p className="hy-red" role="alert">{send.error.message}</p> : null}
        {q.data ? <><ReportedFacts r={q.data.report} /><FactList facts={q.data.report.facts} />{q.data.missing.length ? <p className="hy-red">{`还没有填:${q.data.missing.map((c) => said('code', c)).join('、')};可以先报送,补齐后再报。`}</p> : null}</> : q.error ? <ErrorBlock error={q.error} retry={q.retry} /> : <LoadingBlock rows={6} />}
      </div>
    </Modal>
  )
}
function SentModal({ row, close }: { row: LinkRow; close: () => void }) {
  const q = useRead(supervision.sent, { link_id: row.link_id, page: 1, page_size: 50 })
  return <Modal open footer={null} width={960} title={`「${row.community_name}」的报送记录`} onCancel={close}>{q.data ? <><ReportsTable rows={q.data.rows} />{q.data.total > q.data.rows.length ? <p className="hy-muted">{`显示最近 ${q.data.rows.length} 次,共 ${q.data.total} 次`}</p> : null}</> : q.error ? <ErrorBlock error={q.error} retry={q.retry} /> : <LoadingBlock rows={5} />}</Modal>
}
