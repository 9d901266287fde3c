// One survey: results by question and building against the goal and the one before, who is still to be asked, the replies behind a figure.
import { Alert, Button, Input, Modal, Radio, Segmented, Select } from 'antd'
import { useState } from 'react'
import { useGo, useParam, useSearchState } from '../../../ui/address.tsx'
import { useRead, useWrite } from '../../../ui/api.ts'
import { ExcelButton, Figure, StateTag } from '../../../ui/bits.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { count } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { ErrorBlock, LoadingBlock } from '../../../ui/states.tsx'
import { care, type HouseToAsk, type Question, type ReplyFilter, type SurveyFull } from '../contract.ts'
import { SURVEY_TONE, percent, said } from '../shown.ts'
import { words } from '../words.ts'
import { SurveyDrawer } from './SurveyDrawer.tsx'

const score = (tenths: number | null): string => (tenths === null ? '—' : `${Math.trunc(tenths / 10)}.${tenths % 10}`)
export default function SurveyPage() {
  const survey_id = useParam('survey_id')
  const may = useMay()
  const reading = useRead(care.survey, { survey_id })
  const open = useWrite(care.openSurvey, { done: (a) => `已抽取 ${a.sampled_count} 户并发布` })
  const end = useWrite(care.closeSurvey, { done: '已结束' })
  const go = useGo()
  const remove = useWrite(care.removeSurvey, { done: '已删除草稿' })
  const remind = useWrite(care.remindSurvey, { done: (a) => (a.told_count ? `已提醒 ${a.told_count} 户` : '今天都已提醒过,或没有手机号') })
  const [editing, setEditing] = useState(false)
  const o = reading.data
  const writes = may('care.survey.write')
  return (
    <>
      <DetailPage
        title={o?.title ?? '满意度调查'} loading={reading.loading} error={reading.error} retry={reading.retry} back="/care/surveys" tags={o ? <StateTag value={o.state} words={words.states?.['survey']} tones={SURVEY_TONE} /> : null}
        actions={o && writes ? <>
          {o.state === 'draft' ? <><Button onClick={() => setEditing(true)}>修改</Button><Button type="primary" loading={open.running} onClick={() => void confirm({ title: '抽样并发布?', content: '发布后问卷和抽样不能再改,抽中的业户会收到消息,在手机上看到问卷。', ok: '发布' }).then((yes) => (yes ? open.run({ survey_id }) : undefined))}>抽样并发布</Button></> : null}
          {o.state === 'draft' ? <Button danger loading={remove.running} onClick={() => void confirm({ title: '删除这份草稿?', ok: '删除', danger: true }).then(async (yes) => { if (yes && (await remove.run({ survey_id }))) go('/care/surveys') })}>删除草稿</Button> : null}
          {o.state === 'open' ? <Button loading={remind.running} onClick={() => void remind.run({ survey_id })}>提醒未答的户</Button> : null}
          {o.state === 'open' ? <Button loading={end.running} onClick={() => void confirm({ title: '结束这次调查?', content: '结束后不能再答卷。', ok: '结束' }).then((yes) => (yes ? end.run({ survey_id }) : undefined))}>结束调查</Button> : null}
        </> : null}
        facts={o ? [['小区', o.community_name], ['答卷', o.unnamed ? '匿名' : '实名'], ['起止', `${o.opens_on} 至 ${o.closes_on}`], ['抽样', `每栋 ${o.sample_size}${o.sample_way === 'percent' ? '%' : ' 户'}${o.building_ids.length ? `,${o.building_ids.length} 栋` : ',全部楼栋'}`], ['抽样种子', o.seed.slice(0, 8)], ['目标', `${o.goal_percent}%`], ['比较', o.previous_title]] : []}
        tabs={o ? [
          ...(o.state === 'draft' ? [] : [{ key: 'result', label: '结果', children: () => <Result o={o} /> }, ...(may('care.survey.ask') ? [{ key: 'houses', label: '电话与纸质名单', children: () => <Houses o={o} /> }] : [])]),
          { key: 'questions', label: '问卷', children: () => <RowsTable label="问卷" rows={o.questions} row_key="key" empty="" columns={[{ key: 'zh', title: '问题', width: 300 }, { key: 'kind', title: '类型', width: 100, show: (q) => said('question_kind', q.kind) }, { key: 'options', title: '选项', width: 260, show: (q) => q.options.join('、') || '—' }, { key: 'needed', title: '必答', width: 70, show: (q) => (q.needed ? '必答' : '选答') }]} /> },
        ] : []}
      />
      {o && editing ? <SurveyDrawer row={o} close={() => setEditing(false)} done={() => undefined} /> : null}
    </>
  )
}

function Result({ o }: { o: SurveyFull }) {
  const may = useMay()
  const result = useRead(care.surveyResult, { survey_id: o.survey_id }, { keep: true })
  const [shown, setShown] = useState<{ title: string; filter: ReplyFilter }>()
  if (result.error) return <ErrorBlock error={result.error} retry={result.retry} />
  if (!result.data) return <LoadingBlock />
  const r = result.data
  const see = (title: string, filter: Omit<ReplyFilter, 'survey_id'>) => () => setShown({ title, filter: { survey_id: o.survey_id, ...filter } })
  const link = (text: string, open: () => void) => <a role="button" tabIndex={0} onClick={open} onKeyDown={(e) => { if (e.key === 'Enter') open() }}>{text}</a>
  const met = r.satisfied_bp !== null && r.satisfied_bp >= r.goal_percent * 100
  return (
    <div className="hy-stack">
      <div className="hy-figures">
        <Figure label="答卷" value={count(r.reply_count)} unit="份" {...(r.hidden ? {} : { open: see('全部答卷', {}) })} compare={`手机 ${r.ways.app},电话 ${r.ways.phone},纸质 ${r.ways.paper}`} />
        <Figure label="回收率" value={percent(r.response_bp)} compare={`抽样 ${count(r.sampled_count)} 户`} />
        <Figure label="满意率" value={<span className={r.satisfied_bp !== null && !met ? 'hy-red' : ''}>{percent(r.satisfied_bp)}</span>} compare={`目标 ${r.goal_percent}%${r.satisfied_bp === null ? '' : met ? ',达到' : ',未达到'}`} />
        <Figure label="上次" value={percent(r.previous_bp)} compare={o.previous_title} />
      </div>
      {r.hidden ? <Alert type="info" showIcon title={o.state === 'open' ? '匿名调查进行中只显示回收,结束后显示回答:边答边看会看出是哪一户答的' : '答卷不足 3 份,为免看出是谁,不显示回答'} /> : null}
      {may('care.survey.export') && !r.hidden ? <div><ExcelButton call={care.surveyRepliesExcel} input={{ survey_id: o.survey_id }} label="导出答卷" /></div> : null}
      {r.hidden ? null : <RowsTable label="按问题" rows={r.questions} row_key="key" empty="" columns={[
        { key: 'zh', title: '问题', width: 220 }, { key: 'answered_count', title: '回答', width: 75, align: 'right', show: (q) => link(count(q.answered_count), see(q.zh, { key: q.key })) }, { key: 'satisfied_bp', title: '满意率', width: 85, align: 'right', show: (q) => (q.kind === 'scale' ? link(percent(q.satisfied_bp), see(`${q.zh}:满意`, { key: q.key, satisfied: true })) : '—') },
        { key: 'bad', title: '不满意', width: 80, align: 'right', show: (q) => { const n = q.options.filter((x) => q.kind === 'scale' && Number(x.value) < 4).reduce((s, x) => s + x.count, 0); return q.kind === 'scale' ? link(count(n), see(`${q.zh}:不满意`, { key: q.key, satisfied: false })) : '—' } },
        { key: 'average_tenths', title: '平均分', width: 75, align: 'right', show: (q) => score(q.average_tenths) }, { key: 'previous_bp', title: '上次满意率', width: 95, align: 'right', show: (q) => percent(q.previous_bp) }, { key: 'options', title: '分布', width: 320, show: (q) => (q.options.length ? <span className="hy-line">{q.options.map((x) => <span key={x.value}>{link(`${x.label} ${x.count}`, see(`${q.zh}:${x.label}`, { key: q.key, value: x.value }))}</span>)}</span> : '见答卷') },
      ]} />}
      <RowsTable label="按楼栋" rows={r.buildings} row_key="building_id" empty="" columns={[
        { key: 'name', title: '楼栋', width: 140 }, { key: 'sampled_count', title: '抽样户数', width: 90, align: 'right' }, { key: 'reply_count', title: '答卷', width: 80, align: 'right', show: (b) => (o.unnamed ? count(b.reply_count) : link(count(b.reply_count), see(b.name, { building_id: b.building_id }))) }, { key: 'response_bp', title: '回收率', width: 90, align: 'right', show: (b) => percent(b.response_bp) }, { key: 'satisfied_bp', title: '满意率', width: 150, align: 'right', show: (b) => (r.hidden ? '—' : b.hidden ? <span className="hy-muted">份数少,不显示</span> : percent(b.satisfied_bp)) },
      ]} />
      <p className="hy-muted">满意率 = 4 分以上 ÷ 打分题的有效回答;回收率 = 答卷 ÷ 抽样户数,率一律舍去尾数。{o.unnamed ? '匿名调查:答卷不记录哪一户和时刻,进行中不显示回答,份数少到能看出是谁的楼栋不显示该栋结果。' : ''}</p>
      {shown ? <Replies o={o} title={shown.title} filter={shown.filter} close={() => setShown(undefined)} /> : null}
    </div>
  )
}
function Replies({ o, title, filter, close }: { o: SurveyFull; title: string; filter: ReplyFilter; close: () => void }) {
  const [page, setPage] = useState(1)
  const list = useRead(care.surveyReplies, { ...filter, page, page_size: 20 }, { keep: true })
  return (
    <Modal open title={`${title}(${list.data?.total ?? ''} 份)`} onCancel={close} width={760} footer={<Button onClick={close}>关闭</Button>}>
      {list.error ? <ErrorBlock error={list.error} retry={list.retry} /> : !list.data ? <LoadingBlock /> : (
        <>
          <RowsTable label="答卷" rows={list.data.rows} row_key="reply_id" empty="没有答卷" height={420} columns={[...(o.unnamed ? [] : [{ key: 'label', title: '房号', width: 100 }]), { key: 'way', title: '方式', width: 70, show: (x) => said('reply_way', x.way) }, { key: 'replied_on', title: '日期', width: 105 }, { key: 'answers', title: '回答', width: 460, show: (x) => <div>{x.answers.map((a) => <div key={a.zh}><span className="hy-muted">{a.zh}:</span>{a.value}</div>)}</div> }]} />
          {list.data.total > 20 ? <div className="hy-line" style={{ marginTop: 8 }}><Button size="small" disabled={page === 1} onClick={() => setPage(page - 1)}>上一页</Button><span>第 {page} 页</span><Button size="small" disabled={page * 20 >= list.data.total} onClick={() => setPage(page + 1)}>下一页</Button></div> : null}
        </>
      )}
    </Modal>
  )
}

const SHOWN = 50
function Houses({ o }: { o: SurveyFull }) {
  const [search, setSearch] = useSearchState()
  const page = Number(search['page'] ?? '1') || 1
  const open_only = search['all'] !== '1'
  const list = useRead(care.surveyHouses, { survey_id: o.survey_id, open_only, page, page_size: SHOWN }, { keep: true })
  const note = useWrite(care.noteSurveyCall, { done: '已记录' })
  const [row, setRow] = useState<HouseToAsk>()
  if (list.error) return <ErrorBlock error={list.error} retry={list.retry} />
  if (!list.data) return <LoadingBlock />
  return (
    <div className="hy-stack">
      <div className="hy-line"><Segmented options={[{ value: 'open', label: '待联系' }, { value: 'all', label: '全部抽样户' }]} value={open_only ? 'open' : 'all'} onChange={(x) => setSearch({ all: x === 'all' ? '1' : undefined, page: undefined })} /><ExcelButton call={care.surveyHousesExcel} input={{ survey_id: o.survey_id, open_only }} label="导出名单" /></div>
      <RowsTable label="名单" rows={list.data.rows} row_key="house_id" empty="没有要联系的户" columns={[
        { key: 'building', title: '楼栋', width: 90 }, { key: 'label', title: '房号', width: 100 }, { key: 'name', title: '住户', width: 90 }, { key: 'phone_masked', title: '电话', width: 175, show: (h) => <Phone o={o} h={h} /> }, { key: 'answered', title: '答卷', width: 70, show: (h) => (h.answered ? '已答' : '—') }, { key: 'call_count', title: '联系', width: 110, show: (h) => (h.call_count ? `${h.call_count} 次,${said('last_call', h.last_call!)}` : '—') },
        { key: 'act', title: '操作', width: 330, show: (h) => (h.answered || o.state !== 'open' ? null : <span className="hy-line"><Button size="small" type="primary" onClick={() => setRow(h)}>录入答卷</Button>{(['no_answer', 'later', 'refused'] as const).map((x) => <Button key={x} size="small" onClick={() => void note.run({ survey_id: o.survey_id, house_id: h.house_id, last_call: x }, h.house_id)}>{said('last_call', x)}</Button>)}</span>) },
      ]} />
      {list.data.total > SHOWN ? <div className="hy-line"><Button size="small" disabled={page === 1} onClick={() => setSearch({ page: String(page - 1) })}>上一页</Button><span>第 {page} 页,共 {list.data.total} 户</span><Button size="small" disabled={page * SHOWN >= list.data.total} onClick={() => setSearch({ page: String(page + 1) })}>下一页</Button></div> : null}
      {row ? <Entry key={row.house_id} o={o} row={row} close={() => setRow(undefined)} /> : null}
    </div>
  )
}
function Phone({ o, h }: { o: SurveyFull; h: HouseToAsk }) {
  const may = useMay()
  const reveal = useWrite(care.revealSurveyPhone, { invalidates: [] })
  const [phone, setPhone] = useState<string | null>()
  if (!h.phone_masked) return <>—</>
  return <span className="hy-line">{phone ?? h.phone_masked}{may('care.reporter.reveal') && !phone && !h.answered ? <Button size="small" loading={reveal.running} onClick={() => void reveal.run({ survey_id: o.survey_id, house_id: h.house_id }).then((a) => setPhone(a?.phone))}>显示</Button> : null}</span>
}
function Entry({ o, row, close }: { o: SurveyFull; row: HouseToAsk; close: () => void }) {
  const named = useWrite(care.saveReply, { in_form: true, done: '已录入' })
  const hidden = useWrite(care.saveReplyUnnamed, { in_form: true, done: '已录入' })
  const save = o.unnamed ? hidden : named
  const [way, setWay] = useState<'phone' | 'paper'>('phone')
  const [v, setV] = useState<Record<string, string>>({})
  const set = (key: string, value: string): void => setV({ ...v, [key]: value })
  const submit = async (): Promise<void> => { if (await save.run({ survey_id: o.survey_id, house_id: row.house_id, way, answers: Object.entries(v).filter(([, x]) => x !== '').map(([key, value]) => ({ key, value })) })) close() }
  const one = (q: Question) => (
    <div key={q.key} role="group" aria-label={q.zh} style={{ marginBottom: 10 }}><div>{q.zh}{q.needed ? '' : '(选答)'}</div>
      {q.kind === 'scale' ? <Radio.Group value={v[q.key]} onChange={(e) => set(q.key, e.target.value as string)} options={['5', '4', '3', '2', '1'].map((n) => ({ value: n, label: `${n} 分` }))} /> : q.kind === 'choice' ? <Select aria-label={q.zh} style={{ width: '100%' }} value={v[q.key] ?? null} onChange={(x: string) => set(q.key, x)} options={q.options.map((x) => ({ value: x, label: x }))} /> : <Input.TextArea aria-label={q.zh} rows={2} maxLength={500} value={v[q.key] ?? ''} onChange={(e) => set(q.key, e.target.value)} />}
    </div>
  )
  return (
    <Modal open title={`录入答卷 ${row.label}`} onCancel={close} width={560} mask={{ closable: false }} footer={<><Button onClick={close}>取消</Button><Button type="primary" loading={save.running} onClick={() => void submit()}>保存答卷</Button></>}>
      {save.error ? <Alert type="error" showIcon title={save.error.message} /> : null}
      {o.unnamed ? <p className="hy-muted">匿名调查:答卷不记录这一户,也不记录录入人。</p> : null}
      <div style={{ marginBottom: 10 }}><Segmented aria-label="方式" options={[{ value: 'phone', label: '电话' }, { value: 'paper', label: '纸质' }]} value={way} onChange={setWay} /></div>
      {o.questions.map(one)}
    </Modal>
  )
}
