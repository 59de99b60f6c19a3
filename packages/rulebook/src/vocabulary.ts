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
  ],
  educations: [
    { code: "high-school", label: "高中及以下" },
    { code: "secondary-vocational", label: "中专" },
    { code: "college", label: "大专" },
    { code: "bachelor", label: "本科" },
    { code: "master", label: "硕士研究生" },
    { code: "doctor", label: "博士研究生" },
  ],
};
