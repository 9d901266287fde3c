import type { AdminModule } from '../../../ui/module.ts'

export const systemAdmin: AdminModule = {
  menu: [
    { group: '工作台', label: '审批中心', path: '/system/approvals' },
    { group: '系统设置', label: '数据导入', path: '/system/imports', needs: 'system.import.use' },
    { group: '系统设置', label: '参数设置', path: '/system/settings', needs: 'system.setting.read', whole: true },
    { group: '系统设置', label: '数据备份', path: '/system/backups', needs: 'system.backup.read', whole: true },
    { group: '系统设置', label: '审批流设置', path: '/system/flows', needs: 'system.flow.read' },
  ],
  routes: [
    { path: '/system/approvals', title: '审批中心', page: () => import('./ApprovalsPage.tsx'), help: ['申请人不能审批自己的申请;同一人不能审批两步。', '最后一步同意后立即办理,驳回须写明原因。'] },
    { path: '/system/approvals/$approval_id', title: '审批详情', page: () => import('./ApprovalPage.tsx') },
    { path: '/system/flows', title: '审批流设置', needs: 'system.flow.read', page: () => import('./FlowsPage.tsx'), help: ['按金额分档,每档依次由谁审批;最后一档为以上不限。', '新版本从生效日起对新申请有效,已提交的申请按原步骤走完。', '在页面上方选中小区时设置该小区自己的审批流。'] },
    {
      path: '/system/backups', title: '数据备份', needs: 'system.backup.read', whole: true, page: () => import('./BackupsPage.tsx'),
      help: ['备份包括数据库、上传的文件和密钥,做完读回核对。', '第一份备份以后数据库日志持续保存,可以恢复到任意时刻,最多丢失一分钟。', '恢复由系统管理员在服务器上做:npm run heyuan -- restore;只写入新的文件夹,不覆盖现有数据。', '至少每季度做一次恢复演练:npm run heyuan -- restore --drill。'],
    },
    {
      path: '/system/settings', title: '参数设置', needs: 'system.setting.read', whole: true, page: () => import('./SettingsPage.tsx'),
      help: ['公司全称印在收据与通知单上,修改后新开的收据用新名称。', '单据的内容按生效日分版本:以前的收据重印时仍是当时的内容。', '可以给某个小区单独设置;没有单独设置的小区用全公司的内容。'],
    },
    { path: '/system/imports', title: '数据导入', needs: 'system.import.use', page: () => import('./ImportsPage.tsx'), help: ['每次导入都有记录,入库后可以撤销。', '关掉浏览器不影响后台读取与入库,回来点开即可继续。'] },
    {
      path: '/system/imports/new', title: '新的导入', needs: 'system.import.use', page: () => import('./NewImportPage.tsx'),
      help: ['可以直接上传公司现有的表格:表头上方的标题行、合并单元格、三种房号写法都能识别。', '支持 .xlsx、.xls 和 CSV(含 GBK)。'],
    },
    {
      path: '/system/imports/$import_id', title: '导入', needs: 'system.import.use', page: () => import('./ImportPage.tsx'),
      help: ['先核对每一列对应的字段,带 * 的必须指定。', '有一行有错就整个文件不入库;下载错误明细,改好再传。', '入库后发现不对,可以整批撤销。'],
    },
  ],
}
