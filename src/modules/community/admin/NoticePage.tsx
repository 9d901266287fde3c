// 公告详情: the words as residents see them, to whom, who has read it, and what may be done.
import { Button } from 'antd'
import { useState } from 'react'
import { Go, useGo, useParam } from '../../../ui/address.tsx'
import { fileUrl, useRead, useWrite } from '../../../ui/api.ts'
import { CanButton, StateTag } from '../../../ui/bits.tsx'
import { ReasonModal } from '../../../ui/confirm.tsx'
import { confirm } from '../../../ui/feedback.tsx'
import { instant } from '../../../ui/format.ts'
import { DetailPage } from '../../../ui/pages.tsx'
import { useMay } from '../../../ui/session.ts'
import { community, type NoticeDetail } from '../contract.ts'
import { NoticeText } from '../NoticeText.tsx'
import { countsText, said } from '../shown.ts'
import { words } from '../words.ts'
import { NoticeDrawer } from './NoticeDrawer.tsx'
import { TONES } from './NoticesPage.tsx'
import { Readers } from './Readers.tsx'

const AGAIN_MS = 3000
export default function NoticePage() {
  const notice_id = useParam('notice_id')
  const may = useMay()
  const q = useRead(community.notice, { notice_id }, { stale_ms: 0, refresh_ms: (n) => (n?.state === 'published' && n.sent_at === null ? AGAIN_MS : undefined) })
  const n = q.data
  return (
    <DetailPage
      title={n?.title ?? '公告详情'} loading={q.loading} error={q.error} retry={q.retry} back="/community/notices"
      tags={n ? <><StateTag value={n.state} words={words.states!['notice']} tones={TONES} />{n.pinned ? <StateTag value="x" words={{ x: '置顶' }} tones={{ x: 'busy' }} /> : null}{n.urgent ? <StateTag value="x" words={{ x: '紧急' }} tones={{ x: 'bad' }} /> : null}</> : null}
      actions={n ? <Acts n={n} /> : null} facts={n ? factsOf(n) : []}
      tabs={n ? [{ key: 'words', label: '内容', children: () => <Words n={n} /> }, ...(n.published_at && may('community.reader.read') ? [{ key: 'readers', label: '阅读情况', children: () => <Readers n={n} /> }] : [])] : []}
    />
  )
}
function factsOf(n: NoticeDetail): [string, React.ReactNode][] {
  const people = n.house_count > 0 || n.published_at ? `${n.house_count} 户 ${n.person_count} 人` : null
  const all: [string, React.ReactNode][] = [
    ['公告号', n.no], ['小区', n.community_name], ['类别', n.kind_name], ['发给', n.to_text], ['房产种类', n.house_kinds.map((k) => said('house_kind', k)).join('、') || null], ['拟稿', `${n.made_by_name} ${instant(n.made_at)}`],
    ['发布', n.published_at ? `${n.published_by_name} ${instant(n.published_at)}` : n.publish_at ? `定于 ${instant(n.publish_at)}` : null], ['有效至', n.valid_until_on ?? '长期'], ['短信', n.by_sms ? '同时发短信' : null],
    ['已发', n.published_at ? (n.sent_at ? people : n.state === 'published' ? '正在发送…' : people) : null], ['已读', n.published_at ? `${n.read_house_count} 户 ${n.read_count} 人` : null], ['已确认', n.must_confirm && n.published_at ? `${n.confirmed_count} 人` : null], ['没有手机号', n.unreachable_count > 0 ? `${n.unreachable_count} 人` : null], ['最近提醒', n.reminded_on],
    ['代替', n.replaces ? <Go key="r" to={`/community/notices/${n.replaces.notice_id}`}>{n.replaces.no ?? n.replaces.title}</Go> : null], ['已由代替', n.replaced_by ? <Go key="b" to={`/community/notices/${n.replaced_by.notice_id}`}>{n.replaced_by.no ?? n.replaced_by.title}</Go> : null],
    [n.state === 'withdrawn' ? '撤回' : '结束', n.ended_at ? `${n.ended_by_name} ${instant(n.ended_at)}` : null], ['原因', n.ended_reason], ['审批', n.approval_id ? <Go key="a" to={`/system/approvals/${n.approval_id}`}>查看审批</Go> : null], ['阅读记录', n.kept ? '已到期删除,只留人数' : null],
  ]
  return all.filter(([, v]) => v !== null)
}
function Words({ n }: { n: NoticeDetail }) {
  const url = (file_id: string): string => fileUrl(community.noticeFile, { notice_id: n.notice_id, file_id })
  const [pictures, files] = [n.files.filter((f) => f.picture), n.files.filter((f) => !f.picture)]
  return (
    <div className="hy-card hy-stack" style={{ maxWidth: 760 }}>
      <NoticeText body={n.body} />
      {pictures.length ? <div className="nt-pictures">{pictures.map((f) => <a key={f.file_id} href={url(f.file_id)} target="_blank" rel="noreferrer"><img src={url(f.file_id)} alt={f.name} /></a>)}</div> : null}
      {files.map((f) => <a key={f.file_id} href={url(f.file_id)} target="_blank" rel="noreferrer">{f.name}</a>)}
    </div>
  )
}
function Acts({ n }: { n: NoticeDetail }) {
  const { notice_id } = n
  const go = useGo()
  const writes = useMay()('community.notice.write')
  const [open, setOpen] = useState<'edit' | 'withdraw'>()
  const one = { notice_id }
  const publish = useWrite(community.publishNotice, { done: (a) => (a.state === 'asked' ? '已提交,等第二人批准' : a.state === 'scheduled' ? '到时间自动发布' : '已发布,正在发送') })
  const drop = useWrite(community.dropNotice, { done: '草稿已删除' })
  const back = useWrite(community.takeBackNotice, { done: '已取消定时,回到草稿' })
  const correct = useWrite(community.correctNotice, { done: '已建更正草稿' })
  const pin = useWrite(community.pinNotice, { done: '已保存' })
  const remind = useWrite(community.remindUnread, { done: (a) => `正在提醒 ${a.person_count} 人` })
  const withdraw = useWrite(community.withdrawNotice, { in_form: true, done: '已撤回' })
  const draft = n.state === 'draft'
  const counts = useRead(community.audience, { community_id: n.community_id, targets: n.targets.map((t) => ({ scope: t.scope, target_id: t.target_id })), roles: n.roles, house_kinds: n.house_kinds }, { enabled: draft && writes && n.can.publish === true, stale_ms: 0 })
  const send = async (): Promise<void> => {
    const to = counts.data ? `将发给 ${countsText(counts.data)}${counts.data.unreachable_count > 0 ? `,其中 ${counts.data.unreachable_count} 人没有手机号` : ''}` : ''
    const when = n.publish_at ? `,定于 ${instant(n.publish_at)} 发布` : ''
    if (await confirm({ title: n.second_person ? `提交「${n.title}」?` : `发布「${n.title}」?`, content: `${to}${when}${n.by_sms ? ',同时发短信' : ''}${n.second_person ? ';由第二人批准后发布' : ''}。发布后内容不能修改。` })) await publish.run(one)
  }
  const live = n.state === 'published' || n.state === 'expired'
  return (
    <>
      <Button href={fileUrl(community.noticePdf, one)} target="_blank">打印</Button>
      {!writes ? null : draft ? (
        <>
          <CanButton can={n.can.edit} words={words} danger onClick={async () => { if ((await confirm({ title: `删除草稿「${n.title}」?`, content: '删除后不能恢复', danger: true })) && (await drop.run(one))) go('/community/notices') }}>删除草稿</CanButton>
          <CanButton can={n.can.edit} words={words} onClick={() => setOpen('edit')}>修改</CanButton>
          <CanButton can={n.can.publish} words={words} type="primary" loading={publish.running} onClick={() => void send()}>{n.second_person ? '提交批准' : n.publish_at ? '定时发布' : '发布'}</CanButton>
        </>
      ) : null}
      {writes && n.state === 'scheduled' ? <CanButton can={n.can.take_back} words={words} loading={back.running} onClick={() => void back.run(one)}>取消定时</CanButton> : null}
      {writes && live ? (
        <>
          {n.state === 'published' ? <><CanButton can={n.can.pin} words={words} loading={pin.running} onClick={() => void pin.run({ ...one, pinned: !n.pinned })}>{n.pinned ? '取消置顶' : '置顶'}</CanButton><CanButton can={n.can.remind} words={words} loading={remind.running} onClick={async () => { if (await confirm({ title: '提醒未读的业户?', content: '每天最多提醒一次;已迁出的不提醒' })) await remind.run(one) }}>提醒未读</CanButton></> : null}
          <CanButton can={n.can.correct} words={words} loading={correct.running} onClick={async () => { const made = await correct.run(one); if (made) go(`/community/notices/${made.notice_id}`) }}>更正</CanButton>
          <CanButton can={n.can.withdraw} words={words} danger onClick={() => setOpen('withdraw')}>撤回</CanButton>
        </>
      ) : null}
      {open === 'edit' ? <NoticeDrawer row={n} close={() => setOpen(undefined)} /> : null}
      {open === 'withdraw' ? <ReasonModal open danger title={`撤回「${n.title}」`} submit="撤回" suggestions={['内容有误', '事项已取消', '重复发布']} loading={withdraw.running} submitError={withdraw.error} onClose={() => { setOpen(undefined); withdraw.reset() }} onConfirm={async (reason) => { if (await withdraw.run({ ...one, reason })) setOpen(undefined) }}><p className="hy-muted">业户打开会看到已撤回和原因;内容有误、要改的,请用「更正」。</p></ReasonModal> : null}
    </>
  )
}
