import type { Vocabulary } from "@xueshi/domain";

/**
 * The closed lists of `rules/vocabulary.yaml` as a program carries them: a service that is bundled into one file has no
 * rules folder beside it. A test holds the two equal; change the file and this together.
 */
export const VOCABULARY: Vocabulary = {
  series: [
    { code: "economics", label: "经济" },
    { code: "engineering", label: "工程" },
    { code: "manufacturing", label: "制造业(工业和信息化工程)" },
    { code: "natural-resources", label: "自然资源" },
    { code: "construction", label: "建设工程" },
    { code: "radio-and-television", label: "广播电视" },
    { code: "accounting", label: "会计" },
    { code: "auditing", label: "审计" },
    { code: "statistics", label: "统计" },
    { code: "health", label: "卫生" },
    { code: "teaching", label: "教师(高校、中职、技工院校、中小学)" },
    { code: "agriculture", label: "农业" },
    { code: "natural-science-research", label: "自然科学研究" },
    { code: "social-science-research", label: "哲学社会科学研究" },
    { code: "experimental-technology", label: "实验技术" },
    { code: "news", label: "新闻" },
    { code: "publishing", label: "出版" },
    { code: "broadcasting", label: "播音主持" },
    { code: "translation", label: "翻译" },
    { code: "library", label: "图书资料" },
    { code: "archives", label: "档案" },
    { code: "museum", label: "文物博物" },
    { code: "mass-culture", label: "群众文化" },
    { code: "arts", label: "艺术" },
    { code: "arts-and-crafts", label: "工艺美术" },
    { code: "sports", label: "体育" },
    { code: "legal-services", label: "公共法律服务(律师、公证、司法鉴定)" },
    { code: "shipping", label: "船舶" },
    { code: "civil-aviation", label: "民用航空飞行技术" },
    { code: "metallurgy", label: "冶金", profession: true },
    { code: "lawyer", label: "律师", profession: true },
    { code: "licensed-pharmacist", label: "执业药师", profession: true },
    { code: "cost-engineering", label: "造价工程", profession: true },
    { code: "tax-agent", label: "税务代理(美国 EA)", profession: true },
    { code: "chartered-accountancy", label: "特许会计(加拿大 CPA)", profession: true },
    { code: "information-security", label: "信息安全(CISSP)", profession: true },
    { code: "medical-practice", label: "执业医师(波兰)", profession: true },
    { code: "surveying", label: "注册测量师(新加坡)", profession: true },
  ],
  educations: [
    { code: "high-school", label: "高中及以下" },
    { code: "secondary-vocational", label: "中专" },
    { code: "college", label: "大专" },
    { code: "bachelor", label: "本科" },
    { code: "master", label: "硕士研究生" },
    { code: "doctor", label: "博士研究生" },
  ],
  subjects: [
    { code: "professional", label: "专业科目" },
    { code: "industry_common", label: "行业公需科目" },
    { code: "general_common", label: "一般公需科目" },
    { code: "common", label: "公需科目(不分行业与一般)" },
    { code: "elective", label: "选修科目" },
    { code: "class_one", label: "继续医学教育Ⅰ类" },
    { code: "class_two", label: "继续医学教育Ⅱ类" },
    { code: "federal_tax", label: "联邦税务" },
    { code: "ethics", label: "职业道德" },
    { code: "verifiable", label: "可核实" },
    { code: "unverifiable", label: "不可核实" },
    { code: "group_a", label: "A 组(本领域)" },
    { code: "group_b", label: "B 组(一般职业发展)" },
  ],
  places: [
    { code: "quzhou", label: "衢州市" },
    { code: "hangzhou", label: "杭州市" },
    { code: "zhejiang", label: "浙江省" },
    { code: "guangdong", label: "广东省" },
    { code: "shanghai", label: "上海市" },
    { code: "china", label: "全国" },
    { code: "united-states", label: "美国" },
    { code: "canada", label: "加拿大" },
    { code: "international", label: "国际" },
    { code: "poland", label: "波兰" },
    { code: "singapore", label: "新加坡" },
  ],
};

/** Series with rules of their own: a row holds for them only where it names them. */
export const PROFESSIONS: readonly string[] = VOCABULARY.series
  .filter(({ profession }) => profession)
  .map(({ code }) => code);
