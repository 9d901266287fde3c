import type { AdminModule } from '../../../ui/module.ts'

export const systemAdmin: AdminModule = {
  menu: [{ group: '系统设置', label: '数据导入', path: '/system/imports', needs: 'system.import.use' }],
  routes: [
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
