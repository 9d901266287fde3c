// 我的制度: what whoever asks must read, unread first, and what his work uses.
import { Go } from '../../../ui/address.tsx'
import { StateTag } from '../../../ui/bits.tsx'
import type { Column } from '../../../ui/columns.tsx'
import { useList, type Filter } from '../../../ui/list.ts'
import { ListPage } from '../../../ui/ListPage.tsx'
import { office, type MyRule } from '../contract.ts'

const FILTERS: readonly Filter[] = [{ kind: 'text', name: 'q', label: '关键词', placeholder: '编号、名称、正文' }, { kind: 'check', name: 'unread', label: '只看没读完的' }]
const waits = (r: MyRule): boolean => r.required && (r.must_confirm ? r.confirmed_at === null : r.read_at === null)
const COLUMNS: readonly Column<MyRule>[] = [
  { key: 'title', title: '名称', width: 280, always: true, show: (r) => <div><Go to={`/office/mine/${r.doc_id}`}>{r.title}</Go>{r.excerpt ? <div className="hy-muted" style={{ fontSize: 12, whiteSpace: 'normal' }}>…{r.excerpt}…</div> : null}</div> },
  { key: 'required', title: '阅读', width: 110, show: (r) => (!r.required ? '工作查阅' : r.late ? <StateTag value="x" words={{ x: '逾期未读' }} tones={{ x: 'bad' }} /> : waits(r) ? <StateTag value="x" words={{ x: r.read_at ? '待确认' : '未读' }} tones={{ x: 'warn' }} /> : <StateTag value="x" words={{ x: r.confirmed_at ? '已确认' : '已读' }} tones={{ x: 'good' }} />) },
  { key: 'due_on', title: '应读完', width: 105, show: (r) => r.due_on ?? '—' }, { key: 'no', title: '编号', width: 90 }, { key: 'class_name', title: '分类', width: 120 }, { key: 'community_name', title: '适用范围', width: 110 }, { key: 'version_no', title: '版次', width: 80, show: (r) => `第 ${r.version_no} 版` }, { key: 'from_on', title: '生效日', width: 105 }, { key: 'confirmed_at', title: '确认时间', width: 150 },
]
export default function MinePage() {
  const list = useList(office.myRules, { filters: FILTERS })
  return <ListPage {...list} title="我的制度" name="office.myRules" columns={COLUMNS} row_key="doc_id" empty={{ text: '没有要读的制度' }} />
}
