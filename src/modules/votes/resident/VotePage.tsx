// One vote on the owner's phone: motions, the own ballot with its receipt, the result, the list to find oneself in.
import { Button } from 'antd-mobile'
import { useState } from 'react'
import { fileUrl, useRead, useWrite, type Out } from '../../../ui/api.ts'
import { area, instant } from '../../../ui/format.ts'
import { Chips, Facts, Field, Tag } from '../../../ui/phone/bits.tsx'
import { confirm } from '../../../ui/phone/confirm.ts'
import { Page } from '../../../ui/phone/Page.tsx'
import { useParam } from '../../../ui/phone/router.tsx'
import { Loaded } from '../../../ui/phone/states.tsx'
import { CHOICES, votes, type Choice, type MyRight, type Result } from '../contract.ts'
import { codeOf, said } from '../shown.ts'
import { words } from '../words.ts'
import { StateMark } from './VotesPage.tsx'

type Vote = Out<typeof votes.myVote.gives>
export function VotePage() {
  const poll_id = useParam('poll_id')
  const reading = useRead(votes.myVote, { poll_id }, { stale_ms: 0 })
  return <Page title="表决" back="/votes"><Loaded reading={reading}>{(v) => <Shown v={v} />}</Loaded></Page>
}
function Shown({ v }: { v: Vote }) {
  const ready = v.rights.some((r) => r.can.vote === true)
  return (
    <>
      <section className="ph-card ph-section">
        <div className="ph-between"><h2>{v.title}</h2><StateMark state={v.state} /></div>
        <Facts rows={[['小区', v.community_name], ['范围', v.scope], ['组织者', v.organiser_name], ['投票', `${instant(v.opens_at)} 至 ${instant(v.closes_at)}`], v.posted_until ? ['结果公示至', v.posted_until] : null, v.cancel_reason ? ['取消原因', v.cancel_reason] : null]} />
        {v.intro ? <p style={{ whiteSpace: 'pre-wrap' }}>{v.intro}</p> : null}
        {v.state === 'open' ? <p className="ph-weak">{v.sealed ? '截止前任何人都看不到您怎么投。' : '截止前物业可以看到各项票数。'}{v.replace_allowed ? '截止前可以改投。' : '投后不能更改。'}</p> : null}
        {v.state === 'open' && v.rights.length === 0 ? <p className="ph-weak">名册中没有您的手机号对应的业主。您是业主的,请联系物业服务中心登记手机号,或领取纸质票。</p> : null}
      </section>
      {v.results.map((r) => <ResultCard key={r.motion_id} r={r} />)}
      {v.rights.map((r) => <Right key={r.voter_id} v={v} r={r} />)}
      {ready && v.rights.length === 1 ? null : v.motions.map((m) => <MotionCard key={m.motion_id} m={m} />)}
      {v.state === 'published' ? <PublicList v={v} /> : null}
    </>
  )
}
function MotionText({ m }: { m: Vote['motions'][number] }) {
  return (
    <>
      <h3 className="ph-strong">{m.motion_no}. {m.title}</h3>
      <p className="ph-small ph-weak">{said('matter', m.matter)} · {m.rule_text}</p>
      <p style={{ whiteSpace: 'pre-wrap' }}>{m.body}</p>
      {m.file_id ? <a href={fileUrl(votes.myMotionFile, { motion_id: m.motion_id })} target="_blank" rel="noreferrer">查看附件</a> : null}
    </>
  )
}
const MotionCard = ({ m }: { m: Vote['motions'][number] }) => <section className="ph-card ph-section"><MotionText m={m} /></section>
function ResultCard({ r }: { r: Result }) {
  return (
    <section className="ph-card ph-section" aria-label={`议题 ${r.motion_no} 结果`}>
      <div className="ph-between"><h3 className="ph-strong">{r.motion_no}. {r.title}</h3><Tag kind={r.passed ? 'good' : 'bad'}>{r.passed ? '通过' : '未通过'}</Tag></div>
      <Facts rows={[['同意', `${r.agree.count} 人,${area(r.agree.m2)} ㎡`], ['反对', `${r.oppose.count} 人,${area(r.oppose.m2)} ㎡`], ['弃权', `${r.abstain.count} 人,${area(r.abstain.m2)} ㎡`]]} />
      <p className="ph-small ph-weak">{r.sentence}</p>
    </section>
  )
}
function Right({ v, r }: { v: Vote; r: MyRight }) {
  const [again, setAgain] = useState(false)
  const votes_now = r.can.vote === true && (r.voted_way === null || again)
  return (
    <section className="ph-card ph-section" aria-label={`${r.voter_no} 号票`}>
      <h2>我的选票({r.voter_no} 号)</h2>
      <Facts rows={[['业主', r.name], ['房产', r.houses.join('、')], ['面积', `${area(r.area_m2)} ㎡`], r.spokesman ? ['推选投票人', r.spokesman] : null]} />
      {r.voted_way ? <Receipt v={v} r={r} /> : null}
      {r.can.vote === true && r.voted_way && !again ? <Button className="ph-mid" block onClick={() => setAgain(true)}>改投</Button> : null}
      {votes_now ? <Ballot key={r.ballot_id ?? 'first'} v={v} r={r} done={() => setAgain(false)} /> : null}
      {!r.voted_way && r.can.vote !== true ? <p className="ph-weak">{r.can.vote === 'votes.spokesman_only' ? `共有人已推选 ${r.spokesman ?? ''} 投票` : v.state === 'open' ? words.refusals[r.can.vote] : '您没有投票'}</p> : null}
    </section>
  )
}
function Ballot({ v, r, done }: { v: Vote; r: MyRight; done: () => void }) {
  const cast = useWrite(votes.cast, { in_form: true, done: '已投票' })
  const [chosen, setChosen] = useState<Record<string, Choice>>({})
  const [agreed, setAgreed] = useState(false)
  const [asked, setAsked] = useState(false)
  const left = v.motions.find((m) => !chosen[m.motion_id])
  const alone = r.shared && !r.spokesman
  const missing = left ? `请对第 ${left.motion_no} 项作出选择` : alone && !agreed ? '请先确认其他共有人同意由您投票' : undefined
  const submit = async (): Promise<void> => {
    setAsked(true)
    if (missing || cast.running) return
    const text = v.motions.map((m) => `${m.motion_no}. ${said('choice', chosen[m.motion_id]!)}`).join(' ')
    if (!(await confirm({ title: '确认投票?', text: `${text}。${v.replace_allowed ? '截止前可以改投。' : '投出后不能更改。'}`, yes: '投票' }))) return
    if (await cast.run({ poll_id: v.poll_id, voter_id: r.voter_id, secret_ballot: v.motions.map((m) => ({ motion_id: m.motion_id, choice: chosen[m.motion_id]! })), agreed })) done()
  }
  return (
    <form className="ph-section" noValidate onSubmit={(e) => { e.preventDefault(); void submit() }}>
      {v.motions.map((m) => (
        <div key={m.motion_id} className="ph-section">
          <MotionText m={m} />
          <Chips label={`第 ${m.motion_no} 项`} choices={CHOICES.map((c) => ({ value: c, label: said('choice', c) }))} value={chosen[m.motion_id] ?? ''} choose={(x) => setChosen({ ...chosen, [m.motion_id]: x as Choice })} />
        </div>
      ))}
      {alone ? <label className="ph-line"><input type="checkbox" checked={agreed} onChange={(e) => setAgreed(e.target.checked)} />房产为共有,其他共有人同意由我投票</label> : null}
      {(asked && missing) || cast.error ? <p className="ph-fault" role="alert">{asked && missing ? missing : cast.error?.message}</p> : null}
      <Button className="ph-big" block color="primary" type="submit" loading={cast.running}>投票</Button>
    </form>
  )
}
function Receipt({ v, r }: { v: Vote; r: MyRight }) {
  return (
    <div className="rs-receipt" aria-label="回执">
      <p className="ph-strong">已投票({said('way', r.voted_way!)},{r.voted_at ? instant(r.voted_at) : ''})</p>
      <p>{v.motions.map((m) => { const c = r.choices.find((x) => x.motion_no === m.motion_no); return `${m.motion_no}. ${c ? said('choice', c.choice) : '未表决'}` }).join('  ')}</p>
      <p className="ph-weak">回执码</p>
      <p className="ph-num ph-strong" style={{ overflowWrap: 'anywhere' }}>{r.receipt_code}</p>
      <p className="ph-small ph-weak">请记下回执码。结果公布后名单按回执码列出每张票,您可以找到自己的一张,核对选择是否被改动。</p>
      <details className="ph-small"><summary>自行验算</summary><p style={{ overflowWrap: 'anywhere' }}>回执码是下面这段文字的 SHA-256 前 20 位(每 4 位加横线):<br /><span className="ph-num">heyuan-vote-1|{v.poll_id}|{r.ballot_id}|{r.area_m2}|{r.choices.map((c) => `${c.motion_no}=${c.choice}`).join(';')}|{r.secret_salt}</span></p></details>
    </div>
  )
}
function PublicList({ v }: { v: Vote }) {
  const own = v.rights.map((r) => r.receipt_code).find((c) => c !== null) ?? ''
  const [typed, setTyped] = useState(own)
  const [code, setCode] = useState(own)
  const list = useRead(votes.publicList, { poll_id: v.poll_id, page_size: 50, ...(code ? { code } : {}) }, { keep: true })
  return (
    <section className="ph-card ph-section" aria-label="公布名单">
      <h2>公布名单</h2>
      <p className="ph-small ph-weak">共 {v.listed_count} 张票,只有回执码、面积和选择。摘要 {v.list_hash?.slice(0, 16)}</p>
      <form className="ph-section" onSubmit={(e) => { e.preventDefault(); setCode(codeOf(typed)) }}>
        <Field label="回执码" hint="可以只输开头几位;清空看全部">{(p) => <input {...p} className="ph-input ph-num" autoComplete="off" autoCapitalize="characters" maxLength={30} value={typed} onChange={(e) => setTyped(e.target.value)} />}</Field>
        <Button className="ph-mid" block type="submit">查找</Button>
      </form>
      <Loaded reading={list}>{({ rows, total }) => (rows.length === 0 ? <p className="ph-red">名单里没有这个回执码,请核对后再查;确实没有的,请向组织者和居委会反映</p> : (
        <>
          <ul className="ph-list" aria-label="名单">{rows.map((x) => <li key={x.receipt_code} className="ph-row"><span><span className="ph-num">{x.receipt_code}</span><br /><span className="ph-small ph-weak">{area(x.area_m2)} ㎡ · {v.motions.map((m) => `${m.motion_no}. ${x.choices[m.motion_no] ? said('choice', x.choices[m.motion_no]!) : '未表决'}`).join('  ')}</span></span></li>)}</ul>
          {total > rows.length ? <p className="ph-small ph-weak">这里列出前 {rows.length} 张,全部见下载的名单</p> : null}
        </>
      ))}</Loaded>
      <a className="ph-text-button" href={fileUrl(votes.publicListExcel, { poll_id: v.poll_id })}>下载全部名单(Excel)</a>
    </section>
  )
}
