// 数据备份: from when to when everything can be brought back, the backups, and what is wrong with them.
import { Alert } from 'antd'
import { useRead, useWrite } from '../../../ui/api.ts'
import { CanButton } from '../../../ui/bits.tsx'
import { count, instant } from '../../../ui/format.ts'
import { Facts, ReadPage } from '../../../ui/pages.tsx'
import { RowsTable } from '../../../ui/RowsTable.tsx'
import { useMay } from '../../../ui/session.ts'
import { system, type Backups } from '../contract.ts'
import { words } from '../words.ts'

const mb = (bytes: number): string => `${count(Math.max(1, Math.round(bytes / 1024 ** 2)))} MB`
const span = (b: Backups): string => (b.earliest_at === null ? '还不能恢复' : b.log_at !== null && b.log_at > b.earliest_at ? `${instant(b.earliest_at)} 至 ${instant(b.log_at)} 的任意时刻` : `各份备份完成时`)

export default function BackupsPage() {
  const may = useMay()
  const list = useRead(system.backups, {}, { refresh_ms: 5_000 })
  const take = useWrite(system.takeBackup, { done: '已开始备份,完成后在此显示' })
  const b = list.data
  return (
    <ReadPage title="数据备份" loading={list.loading} error={list.error} retry={list.retry} actions={b && may('system.backup.take') ? <CanButton type="primary" can={b.can.take} words={words} loading={take.running || b.running} onClick={() => void take.run({})}>{b.running ? '备份中' : '立即备份'}</CanButton> : null}>
      {b && !b.ours ? <Alert type="info" showIcon title="数据库由安装时指定的 PostgreSQL 提供,备份由数据库管理员负责(如 pgBackRest);上传的文件和密钥在数据文件夹,请一并备份。" /> : null}
      {b?.ours ? (
        <div className="hy-stack">
          {b.failure ? <Alert type="error" showIcon title={`${instant(b.failure.at)} 的备份没有成功:${b.failure.message}`} /> : null}
          {b.log_failed_at ? <Alert type="error" showIcon title={`${instant(b.log_failed_at)} 起数据库日志没有保存成功,只能恢复到此前;请检查备份磁盘的空间和权限。`} /> : null}
          {b.other_disk || b.rows.length === 0 ? null : <Alert type="warning" showIcon title="备份与数据在同一块磁盘上,磁盘损坏时会一起丢失。请系统管理员用环境变量 HEYUAN_BACKUPS 指定另一块磁盘。" />}
          <Facts facts={[['可恢复到', span(b)], ['每日备份', b.at === null ? '未启用(样例安装,或设了 HEYUAN_BACKUP_AT=off)' : `${b.at} 后`], ['保留', `${b.keep_days} 天,最新两份总是保留`]]} />
          <RowsTable
            label="备份" rows={b.rows} row_key="name" cards empty="还没有备份"
            columns={[
              { key: 'ended_at', title: '完成时间', width: 150 }, { key: 'name', title: '名称', width: 190 }, { key: 'database', title: '数据库', width: 100, show: (r) => mb(r.database_bytes) }, { key: 'size', title: '压缩后', width: 100, show: (r) => mb(r.size_bytes) },
              { key: 'kept_count', title: '上传的文件', width: 110 }, { key: 'seconds', title: '用时', width: 80, show: (r) => `${r.seconds} 秒` }, { key: 'heyuan_version', title: '版本', width: 80 },
            ]}
          />
        </div>
      ) : null}
    </ReadPage>
  )
}
