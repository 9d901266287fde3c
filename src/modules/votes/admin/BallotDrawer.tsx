// A ballot on paper or by proxy: what is marked on it, whose it is, and its picture; who was chosen to vote; one ballot looked at after the close.
import { Alert, Button, Drawer, Form, Input, Modal, Radio, Segmented } from 'antd'
import { useState } from 'react'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { FormModal } from '../../../ui/FormDrawer.tsx'
import { toast } from '../../../ui/feedback.tsx'
import { area, instant } from '../../../ui/format.ts'
import { Upload } from '../../../ui/Upload.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { CHOICES, votes, type Choice, type VoterRow } from '../contract.ts'
import { said } from '../shown.ts'
import type { PollFull } from './PollPage.tsx'

interface Props { o: PollFull; row: VoterRow; close: () => void }
const OPTIONS = [...CHOICES.map((c) => ({ value: c as string, label: said('choice', c) })), { value: '', label: '未填或无法辨认' }]
export function BallotDrawer({ o, row, close }: Props) {
  const persons = useRead(votes.persons, { poll_id: o.poll_id, voter_id: row.voter_id })
  const save = useWrite(votes.enterBallot, { in_form: true })
  const [way, setWay] = useState<'paper' | 'proxy'>('paper')
  const [chosen, setChosen] = useState<Record<string, string>>({})
  const [v, setV] = useState({ proof: '', agent_name: '', agent_phone: '', correct_reason: '' })
  const [scan, setScan] = useState<{ file_id: string; name: string }>()
  const [mandate, setMandate] = useState<{ file_id: string; name: string }>()
  const [asked, setAsked] = useState(false)
  const again = row.voted_way !== null
  const left = o.motions.find((m) => chosen[m.motion_id] === undefined)
  const marks = o.motions.flatMap((m) => (chosen[m.motion_id] ? [{ motion_id: m.motion_id, choice: chosen[m.motion_id] as Choice }] : []))
  const missing = left ? `第 ${left.motion_no} 项还没有录入` : marks.length === 0 ? '整张票都未填:这张票不计参加,不用录入' : !scan ? '请上传选票照片或扫描件' : !v.proof.trim() ? '请写明怎样核对的身份' : again && !o.replace_allowed && !v.correct_reason.trim() ? '请写明更正原因' : way === 'proxy' && (!v.agent_name.trim() || !/^1[3-9]\d{9}$/.test(v.agent_phone) || !mandate) ? '委托投票要填受托人姓名、11 位手机号并上传委托书' : undefined
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (missing || save.running) return
    const done = await save.run({ poll_id: o.poll_id, voter_id: row.voter_id, way, secret_ballot: marks, proof: v.proof, scan_file_id: scan!.file_id, ...(way === 'proxy' ? { agent_name: v.agent_name, agent_phone: v.agent_phone, mandate_file_id: mandate!.file_id } : {}), ...(v.correct_reason.trim() ? { correct_reason: v.correct_reason.trim() } : {}) })
    if (!done) return
    toast.done(`${done.voter_no} 号已录入,回执码 ${done.receipt_code}`)
    close()
  }
  return (
    <Drawer open title={`${again ? '更正' : '录入'} ${row.voter_no} 号票`} onClose={close} size={640} mask={{ closable: false }} closable={{ 'aria-label': '关闭' }} styles={{ wrapper: { maxWidth: '100vw' } }} footer={<div className="hy-form-buttons"><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => void submit()}>保存选票</Button></div>}>
      <Form layout="vertical" className="hy-form">
        {(asked && missing) || save.error ? <Alert className="hy-form-alert" type="error" showIcon role="alert" title={asked && missing ? missing : save.error?.message} /> : null}
        <p style={{ marginTop: 0 }}><strong>{row.name}</strong> · {area(row.area_m2)} ㎡<br /><span className="hy-muted">{(persons.data?.houses ?? []).map((h) => `${h.label} ${area(h.area_m2)} ㎡(${h.source})`).join(';')}</span></p>
        <Form.Item label="方式"><Segmented aria-label="方式" options={[{ value: 'paper', label: '本人纸质票' }, { value: 'proxy', label: '受托人投票' }]} value={way} onChange={setWay} /></Form.Item>
        {o.motions.map((m) => (
          <div key={m.motion_id} role="group" aria-label={m.title} style={{ marginBottom: 12 }}>
            <div>{m.motion_no}. {m.title}</div>
            <Radio.Group value={chosen[m.motion_id]} onChange={(e) => setChosen({ ...chosen, [m.motion_id]: e.target.value as string })} options={OPTIONS} />
          </div>
        ))}
        <Form.Item label="选票照片或扫描件" extra={scan ? `已上传 ${scan.name}` : 'PDF 或图片'}><Upload purpose="proof" accept=".pdf,.png,.jpg,.jpeg" label={scan ? '换一张' : '上传选票'} onDone={setScan} /></Form.Item>
        <Form.Item label="身份核对" htmlFor="bl-proof"><Input id="bl-proof" maxLength={100} placeholder="如 本人到场,核对身份证" value={v.proof} onChange={(e) => setV({ ...v, proof: e.target.value })} /></Form.Item>
        {way === 'proxy' ? <>
          <div className="hy-line" style={{ alignItems: 'flex-start' }}>
            <Form.Item label="受托人" htmlFor="bl-agent"><Input id="bl-agent" maxLength={30} value={v.agent_name} onChange={(e) => setV({ ...v, agent_name: e.target.value })} /></Form.Item>
            <Form.Item label="受托人手机号" htmlFor="bl-phone" extra={o.rule ? `一人最多受托 ${o.rule.proxy_max} 票` : ''}><Input id="bl-phone" maxLength={11} inputMode="tel" value={v.agent_phone} onChange={(e) => setV({ ...v, agent_phone: e.target.value.trim() })} /></Form.Item>
          </div>
          <Form.Item label="书面委托书" extra={mandate ? `已上传 ${mandate.name}` : 'PDF 或图片'}><Upload purpose="proof" accept=".pdf,.png,.jpg,.jpeg" label={mandate ? '换一份' : '上传委托书'} onDone={setMandate} /></Form.Item>
        </> : null}
        {again ? <Form.Item label={o.replace_allowed ? '更正原因(业主改投不用填)' : '更正原因'} htmlFor="bl-why" extra="原来的一张保留,不删除"><Input id="bl-why" maxLength={200} value={v.correct_reason} onChange={(e) => setV({ ...v, correct_reason: e.target.value })} /></Form.Item> : null}
      </Form>
    </Drawer>
  )
}
export function SpokesmanModal({ o, row, close }: Props) {
  const persons = useRead(votes.persons, { poll_id: o.poll_id, voter_id: row.voter_id })
  const save = useWrite(votes.chooseSpokesman, { in_form: true, done: '已登记' })
  return <FormModal open onClose={close} title={`${row.name} 推选的投票人`} call={votes.chooseSpokesman} loading={save.running} submitError={save.error} fixed={{ poll_id: o.poll_id, voter_id: row.voter_id }} fields={[{ name: 'person_id', label: '投票人', kind: 'select', options: (persons.data?.rows ?? []).map((p) => ({ value: p.person_id, label: p.name })) }, { name: 'note', help: '如 共有人签字的推选书' }]} initial={{ note: '' }} onSubmit={async (i) => { if (await save.run(i)) close() }} />
}
export function RevealModal({ o, row, close }: Props) {
  const look = useWrite(votes.revealBallot, { in_form: true, invalidates: [] })
  const [rows, setRows] = useState<Out<typeof votes.revealBallot.gives>['rows']>()
  if (!rows) return <ReasonModal open title={`查看 ${row.voter_no} 号票`} loading={look.running} submitError={look.error} onClose={close} onConfirm={(reason) => void look.run({ poll_id: o.poll_id, voter_id: row.voter_id, reason }).then((a) => { if (a) setRows(a.rows) })} />
  return (
    <Modal open title={`${row.voter_no} 号票 ${row.name}`} onCancel={close} width={1080} footer={<Button onClick={close}>关闭</Button>}>
      <p className="hy-muted">谁在什么时候看了这张票已记入操作日志。第一行是计入的一张。</p>
      <RowsTable label="选票" rows={rows} row_key="ballot_id" empty="" columns={[
        { key: 'round_no', title: '第几张', width: 65 }, { key: 'way', title: '方式', width: 70, show: (b) => said('way', b.way) }, { key: 'choices', title: '选择', width: 170, show: (b) => b.choices.map((c) => `${c.motion_no} ${said('choice', c.choice)}`).join(',') || '—' }, { key: 'cast_at', title: '时间', width: 140, show: (b) => instant(b.cast_at) }, { key: 'entered_by_name', title: '投票或录入', width: 100 }, { key: 'proof', title: '身份', width: 160 }, { key: 'reason', title: '更正原因', width: 140, show: (b) => b.reason ?? '—' },
        { key: 'files', title: '影像', width: 110, show: (b) => <span className="hy-line">{b.has_scan ? <a href={fileUrl(votes.ballotScan, { ballot_id: b.ballot_id, what: 'scan' })} target="_blank" rel="noreferrer">选票</a> : null}{b.has_mandate ? <a href={fileUrl(votes.ballotScan, { ballot_id: b.ballot_id, what: 'mandate' })} target="_blank" rel="noreferrer">委托书</a> : null}</span> }, { key: 'receipt_code', title: '回执码', width: 220, show: (b) => <span className="hy-num">{b.receipt_code}</span> },
      ]} />
    </Modal>
  )
}
